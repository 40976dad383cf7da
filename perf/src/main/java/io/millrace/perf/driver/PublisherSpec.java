package io.millrace.perf.driver;

import io.millrace.protocol.batch.Compression;
import java.time.Duration;

/**
 * How to publish. Everything else stays as the client has it by default.
 *
 * @param topic where to
 * @param batchBytes when a batch is sent
 * @param linger when a batch is sent that is not full
 * @param compression of batches
 * @param memoryBytes of records without an answer; then publishing blocks
 * @param recordBytes the largest key and value together; limits that are lower are raised
 * @param maxBlock how long publishing may block
 * @param deadline how long a record may be without an answer
 */
public record PublisherSpec(
        String topic,
        int batchBytes,
        Duration linger,
        Compression compression,
        long memoryBytes,
        int recordBytes,
        Duration maxBlock,
        Duration deadline) {}
