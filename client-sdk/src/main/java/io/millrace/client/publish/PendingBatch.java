package io.millrace.client.publish;

import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.EncodedBatch;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.MillraceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A batch on its way, and who waits for its records.
 *
 * <p>Filled under its queue's lock, encoded once by whoever comes first, then owned by the sender.
 */
final class PendingBatch {
    /** Stands for: no sequence yet. */
    static final long NO_SEQUENCE = -1;

    private final long createdNanos;
    private final List<CompletableFuture<PublishedRecord>> waiting = new ArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private RecordBatchBuilder builder;
    private EncodedBatch encoded;
    private long reservedBytes;

    // From here on the sender's alone.
    private long firstSequence = NO_SEQUENCE;
    private boolean mayBeApplied;
    private ByteBuffer stamped;

    /**
     * @param expectedBytes how large it will be, as far as is known
     */
    PendingBatch(long createdNanos, int expectedBytes) {
        this.createdNanos = createdNanos;
        this.builder = new RecordBatchBuilder(expectedBytes);
    }

    CompletableFuture<PublishedRecord> append(Record record, long reserved) {
        builder.append(record);
        reservedBytes += reserved;
        CompletableFuture<PublishedRecord> future = new CompletableFuture<>();
        waiting.add(future);
        return future;
    }

    /** The bytes it has before compression. */
    int sizeInBytes() {
        return builder.sizeInBytes();
    }

    int recordCount() {
        return waiting.size();
    }

    /** When its first record came, on the monotonic clock. */
    long createdNanos() {
        return createdNanos;
    }

    /** What its records hold of the publisher's memory. */
    long reservedBytes() {
        return reservedBytes;
    }

    /**
     * Compresses it, the first time it is called. Thread-safe; nothing may be appended any more.
     */
    synchronized EncodedBatch encode(Compression compression) {
        if (encoded == null) {
            encoded = builder.build(compression);
            builder = null;
        }
        return encoded;
    }

    long firstSequence() {
        return firstSequence;
    }

    /** Gives it a place in its producer's sequence; bytes made before are void. */
    void number(long sequence) {
        firstSequence = sequence;
        stamped = null;
    }

    /** The bytes to send; the same at each attempt unless it was numbered anew. */
    ByteBuffer bytes(Producer producer, Compression compression) {
        if (stamped == null) {
            stamped = encode(compression).stamped(producer.id(), producer.epoch(), firstSequence);
        }
        return stamped;
    }

    /** Whether an attempt was made whose fate is unknown. */
    boolean mayBeApplied() {
        return mayBeApplied;
    }

    void markMayBeApplied() {
        mayBeApplied = true;
    }

    /** Ends it well: the records got consecutive offsets. */
    void succeed(
            TopicPartition partition,
            long baseOffset,
            long appendTimeMs,
            boolean duplicate,
            Durability durability) {
        for (int i = 0; i < waiting.size(); i++) {
            long offset =
                    baseOffset == PublishedRecord.OFFSET_UNKNOWN ? baseOffset : baseOffset + i;
            waiting.get(i)
                    .complete(
                            new PublishedRecord(
                                    partition, offset, appendTimeMs, duplicate, durability));
        }
        ended.complete(null);
    }

    /** Ends it badly, for all its records. */
    void fail(MillraceException failure) {
        for (CompletableFuture<PublishedRecord> future : waiting) {
            future.completeExceptionally(failure);
        }
        ended.complete(null);
    }

    /** Completes when it has ended, well or badly. */
    CompletableFuture<Void> ended() {
        return ended;
    }
}
