package io.millrace.broker.publishing;

import io.millrace.broker.cluster.Handshake;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.batch.CorruptBatchException;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.PublishHello;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** The rules that a publisher's messages must keep. Each refusal names field, limit and way out. */
final class PublishChecks {

    private static final int DEFAULT_TIMEOUT_MS = 30_000;
    private static final int MAX_TIMEOUT_MS = 600_000;

    private PublishChecks() {}

    static void check(PublishHello hello, Handshake handshake) {
        handshake.check(hello.getProtocolVersion(), hello.getClusterId(), hello.getClientName());
        if (hello.getProducerId() < 0 || hello.getProducerEpoch() < 0) {
            throw invalid("producer_id", "producer id and epoch must be those of a welcome");
        }
    }

    /** How long the batch may wait before it is proposed. */
    static long timeoutNanos(BatchAppend append) {
        int timeoutMs = append.getTimeoutMs();
        if (timeoutMs < 0 || timeoutMs > MAX_TIMEOUT_MS) {
            throw invalid(
                    "timeout_ms",
                    "timeout_ms is %s; at most %d is allowed"
                            .formatted(Integer.toUnsignedString(timeoutMs), MAX_TIMEOUT_MS));
        }
        return TimeUnit.MILLISECONDS.toNanos(timeoutMs == 0 ? DEFAULT_TIMEOUT_MS : timeoutMs);
    }

    static void checkSize(int bytes, int limit, String partition) {
        if (bytes > limit) {
            throw MillraceException.of(
                            ErrorCode.BATCH_TOO_LARGE,
                            "the batch for %s has %d bytes, its limit is %d; send smaller batches or"
                                            .formatted(partition, bytes, limit)
                                    + " raise the topic's max.batch.bytes")
                    .with("batch_bytes", bytes)
                    .with("max.batch.bytes", limit);
        }
    }

    /** Checks header, checksum and record count, and that the batch is this stream's producer's. */
    static BatchHeader checkBatch(
            ByteBuffer batch, String partition, long producerId, int producerEpoch) {
        BatchHeader header;
        try {
            RecordBatch view = RecordBatch.validated(batch);
            view.checkRecordCount();
            header = view.header();
        } catch (CorruptBatchException e) {
            throw MillraceException.of(
                    ErrorCode.CORRUPT_BATCH,
                    "the batch for %s is not valid: %s; build it again"
                            .formatted(partition, e.getMessage()));
        }
        if (header.producerId() != producerId || header.producerEpoch() != producerEpoch) {
            throw invalid(
                    "batch.producer_id",
                    "the batch carries producer %d epoch %d, the stream was opened for %d epoch %d"
                            .formatted(
                                    header.producerId(),
                                    header.producerEpoch(),
                                    producerId,
                                    producerEpoch));
        }
        return header;
    }

    static MillraceException invalid(String field, String message) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, message).with("field", field);
    }
}
