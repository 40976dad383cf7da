package io.millrace.raft.transport;

import java.io.IOException;

/** Gives out what other brokers need of the checkpoints here. Thread-safe; may block. */
@FunctionalInterface
public interface CheckpointSource {

    /**
     * A piece of a checkpoint.
     *
     * @param name what the checkpoint is called between the replicas
     * @param offset where to begin, 0 to its length
     * @param maxBytes how much, at most 1 MiB
     * @throws IOException if it is not there any more, or cannot be read
     */
    CheckpointChunk read(String name, long offset, int maxBytes) throws IOException;
}
