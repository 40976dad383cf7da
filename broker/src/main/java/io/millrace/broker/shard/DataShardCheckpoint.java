package io.millrace.broker.shard;

import io.millrace.broker.partition.PartitionLogStore;
import io.millrace.raft.StateMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A checkpoint of a data shard on its way to the disk. Used by the checkpoint thread. */
final class DataShardCheckpoint implements StateMachine.Checkpoint {

    private final Manifest manifest;
    private final PartitionLogStore store;
    private final Consumer<Manifest> durable;

    /**
     * @param durable hears when the manifest is durable
     */
    DataShardCheckpoint(Manifest manifest, PartitionLogStore store, Consumer<Manifest> durable) {
        this.manifest = manifest;
        this.store = store;
        this.durable = durable;
    }

    /** Forces the logs that have changed since they were forced last. */
    @Override
    public void force() throws IOException {
        for (PartitionSnapshot partition : manifest.partitions()) {
            if (!partition.forced()) {
                store.force(partition.partitionId(), partition.logState());
                partition.markForced();
            }
        }
    }

    @Override
    public ByteBuffer manifest() {
        return ManifestCodec.encode(manifest);
    }

    @Override
    public void completed() {
        durable.accept(manifest);
    }

    /** What it says. */
    Manifest content() {
        return manifest;
    }
}
