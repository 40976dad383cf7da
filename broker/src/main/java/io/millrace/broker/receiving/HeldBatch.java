package io.millrace.broker.receiving;

import io.millrace.broker.filter.RecordFilter;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.queue.QueueRecord;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.CorruptBatchException;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.batch.RecordWalk;

/**
 * A batch in memory, with what a queue needs to know of its records. Handed from thread to thread.
 */
final class HeldBatch {

    private final StoredBatch stored;
    private final RecordBatch batch;
    private final int[] bytes;

    /** Null where the filter does not let a record through. */
    private final QueueRecord[] records;

    /** Records that were offered and not handed out: while there are some it is needed. */
    private int open;

    private long lastUsedMs;

    private HeldBatch(StoredBatch stored, RecordBatch batch) {
        this.stored = stored;
        this.batch = batch;
        this.bytes = new int[stored.recordCount()];
        this.records = new QueueRecord[stored.recordCount()];
    }

    /**
     * Reads a batch.
     *
     * @param filter which records are wanted; null: all
     * @throws CorruptBatchException if it cannot be read
     */
    static HeldBatch of(StoredBatch stored, RecordFilter filter) {
        HeldBatch held = new HeldBatch(stored, RecordBatch.trusted(stored.batch()));
        RecordWalk walk = held.batch.walk();
        for (int i = 0; i < stored.recordCount(); i++) {
            Record record = walk.next();
            held.bytes[i] = walk.lastBytes();
            if (filter == null || filter.matches(record)) {
                held.records[i] = RecordHints.of(stored.baseOffset() + i, record);
            }
        }
        return held;
    }

    StoredBatch stored() {
        return stored;
    }

    long baseOffset() {
        return stored.baseOffset();
    }

    long endOffset() {
        return stored.endOffset();
    }

    boolean holds(long offset) {
        return offset >= baseOffset() && offset < endOffset();
    }

    /** What a queue takes from a record; null if the filter leaves it out. */
    QueueRecord hints(long offset) {
        return records[index(offset)];
    }

    /** The bytes of a record before compression. */
    int recordBytes(long offset) {
        return bytes[index(offset)];
    }

    /** The bytes that it takes in memory, about. */
    long heldBytes() {
        BatchHeader header = batch.header();
        long plain = header.compression() == Compression.NONE ? 0 : header.uncompressedSize();
        return stored.batch().remaining() + plain + 48L * records.length;
    }

    /** Goes through its records from the first one on. */
    RecordWalk walk() {
        return batch.walk();
    }

    /** A record as it was published. */
    Record record(long offset) {
        RecordWalk walk = batch.walk();
        while (walk.index() < index(offset)) {
            walk.skip();
        }
        return walk.next();
    }

    int index(long offset) {
        return (int) (offset - baseOffset());
    }

    void offered() {
        open++;
    }

    void handedOut() {
        open--;
    }

    int open() {
        return open;
    }

    void usedAt(long nowMs) {
        lastUsedMs = nowMs;
    }

    long lastUsedMs() {
        return lastUsedMs;
    }
}
