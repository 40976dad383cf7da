package io.millrace.raft.transport;

import java.io.IOException;

/** Gives out what other replicas need of a replica's checkpoints. Thread-safe; may block. */
@FunctionalInterface
public interface CheckpointSource {

    CheckpointSource NONE =
            (index, offset, maxBytes) -> {
                throw new IOException("this replica gives no checkpoints");
            };

    /**
     * A piece of a checkpoint.
     *
     * @param index the Raft index of the checkpoint
     * @param offset where to begin, 0 to its length
     * @param maxBytes how much, at most 1 MiB
     * @throws IOException if it is not there any more, or cannot be read
     */
    CheckpointChunk read(long index, long offset, int maxBytes) throws IOException;
}
