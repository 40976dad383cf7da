package io.millrace.raft.jraft;

import java.nio.ByteBuffer;

/**
 * A part of a checkpoint on its way to another replica.
 *
 * @param totalBytes how long the whole is
 * @param bytes from the asked place on; empty only behind the end
 */
record CheckpointPart(long totalBytes, ByteBuffer bytes) {}
