package io.millrace.raft.jraft;

import java.io.IOException;

/** Reads checkpoints of other brokers. Thread-safe. */
interface CheckpointFetch {

    /**
     * Asks a broker for a part of a checkpoint that it offers. Blocks, for a bounded time.
     *
     * @param offset where the part begins
     * @throws IOException if the broker cannot be reached or does not offer it any more
     */
    CheckpointPart part(CheckpointName name, long offset) throws IOException;
}
