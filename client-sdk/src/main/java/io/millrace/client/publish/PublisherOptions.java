package io.millrace.client.publish;

import io.millrace.protocol.batch.Compression;

/** What {@link PublisherBuilder} collects, times in nanoseconds. */
record PublisherOptions(
        int batchBytes,
        long lingerNanos,
        Compression compression,
        Partitioner partitioner,
        long memoryBytes,
        long maxBlockNanos,
        long deadlineNanos,
        long ackTimeoutNanos) {}
