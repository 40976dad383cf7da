package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.error.RaftError;
import io.millrace.raft.RaftListener;
import io.millrace.raft.StateMachine.Checkpoint;
import io.millrace.raft.disk.ForceFailedException;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the checkpoints of one replica durable, on the broker's one thread for that: first the log,
 * then what the manifest points to, then the manifest. Only then jraft hears of it and drops the
 * log before the checkpoint before.
 */
final class Checkpointer {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    /** A force that takes longer than this is the disk's death, and others say so. */
    private static final long DURABLE_WAIT_NANOS = 30_000_000_000L;

    private final int shard;
    private final ShardLogStorage log;
    private final ManifestWriter manifests;
    private final Executor thread;
    private final RaftListener listener;
    private final LongSupplier nanoTime;

    /** Makes manifests durable: {@link CheckpointStore#write}. */
    interface ManifestWriter {

        /** Returns the bytes written. */
        long write(CheckpointManifest manifest) throws IOException;
    }

    Checkpointer(
            int shard,
            ShardLogStorage log,
            ManifestWriter manifests,
            Executor thread,
            RaftListener listener,
            LongSupplier nanoTime) {
        this.shard = shard;
        this.log = log;
        this.manifests = manifests;
        this.thread = thread;
        this.listener = listener;
        this.nanoTime = nanoTime;
    }

    /**
     * Takes over a copy of the state. Returns at once.
     *
     * @param done jraft's; told the result in every case
     */
    void finish(Checkpoint copy, SnapshotMeta meta, Closure done) {
        try {
            thread.execute(() -> done.run(write(copy, meta)));
        } catch (RejectedExecutionException e) {
            done.run(new Status(RaftError.ESHUTDOWN, "the broker is stopping"));
        }
    }

    private Status write(Checkpoint copy, SnapshotMeta meta) {
        long start = nanoTime.getAsLong();
        long index = meta.getLastIncludedIndex();
        try {
            if (!log.awaitDurable(index, DURABLE_WAIT_NANOS)) {
                return failed("the log was not durable up to entry " + index + " in time", null);
            }
            store(copy, meta, false, start);
            return Status.OK();
        } catch (IOException | RuntimeException | Error e) {
            // Whatever it is: jraft takes no other checkpoint before it has heard of this one.
            return failed(e.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("the broker is stopping", e);
        }
    }

    /**
     * Makes the state after another replica's checkpoint durable, on the calling thread. The log is
     * not waited for: it ends before the checkpoint, and is cut off once this returns.
     *
     * @throws IOException if it is not durable; the replica must stop
     */
    void install(Checkpoint state, SnapshotMeta meta) throws IOException {
        store(state, meta, true, nanoTime.getAsLong());
        log.members().startWith(ReplicaAddress.members(meta));
    }

    private void store(Checkpoint copy, SnapshotMeta meta, boolean installed, long start)
            throws IOException {
        force(copy);
        long bytes;
        try {
            bytes =
                    manifests.write(
                            new CheckpointManifest(shard, meta, installed, copy.manifest()));
        } catch (ForceFailedException e) {
            // What would be forced next time could be named by this manifest, or lost with it.
            listener.fatal("a checkpoint manifest of shard " + shard, e);
            throw e;
        }
        copy.completed();
        long nanos = nanoTime.getAsLong() - start;
        listener.checkpointed(shard, meta.getLastIncludedIndex(), nanos, bytes);
    }

    private void force(Checkpoint copy) throws IOException {
        try {
            copy.force();
        } catch (IOException e) {
            listener.fatal("the partition logs of shard " + shard, e);
            throw e;
        }
    }

    /** Not EIO: jraft would stop the replica, and the checkpoint before is still good. */
    private Status failed(String reason, Throwable cause) {
        LOG.warn("Shard {}: the checkpoint failed: {}", shard, reason, cause);
        listener.checkpointFailed(shard, reason);
        return new Status(RaftError.EINTERNAL, "%s", reason);
    }
}
