package io.millrace.client.subscribe;

import io.millrace.protocol.batch.BatchBytes;
import io.millrace.protocol.batch.CorruptBatchException;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeliveredBatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Reads the records of one batch, some at a time. For the polling thread. */
final class BatchReader {
    private final Cursor cursor;
    private final long generation;
    private final DeliveredBatch batch;
    private final long firstOffset;
    private Iterator<Record> records;
    private long nextOffset;

    BatchReader(Cursor cursor, Fetched.Batch fetched) {
        this.cursor = cursor;
        this.generation = cursor.generation();
        this.batch = fetched.batch();
        this.firstOffset = fetched.firstOffset();
        this.nextOffset = batch.getBaseOffset();
    }

    Cursor cursor() {
        return cursor;
    }

    /**
     * Whether its records are still wanted: no seek or pause came since. Under the owner's lock.
     */
    boolean isCurrent() {
        return generation == cursor.generation();
    }

    boolean hasNext() {
        return nextOffset < batch.getBaseOffset() + batch.getRecordCount();
    }

    /**
     * The next records.
     *
     * @throws MillraceException CORRUPT_LOG if the batch is damaged
     */
    List<ReceivedRecord> read(int max) {
        try {
            return decode(max);
        } catch (CorruptBatchException e) {
            throw corrupt(e.getMessage(), e);
        }
    }

    private List<ReceivedRecord> decode(int max) {
        if (records == null) {
            RecordBatch read = RecordBatch.validated(BatchBytes.of(batch.getBatch()));
            if (read.header().recordCount() != batch.getRecordCount()) {
                throw corrupt(
                        "it was announced with "
                                + batch.getRecordCount()
                                + " records and has "
                                + read.header().recordCount(),
                        null);
            }
            records = read.iterator();
        }
        List<ReceivedRecord> read = new ArrayList<>(Math.min(max, batch.getRecordCount()));
        while (read.size() < max && hasNext()) {
            Record record = records.next();
            if (nextOffset >= firstOffset) {
                read.add(
                        new ReceivedRecord(
                                cursor.partition(),
                                nextOffset,
                                batch.getAppendTimeMs(),
                                batch.getLeaderEpoch(),
                                record));
            }
            nextOffset++;
        }
        return read;
    }

    private MillraceException corrupt(String problem, Throwable cause) {
        return MillraceException.of(
                        ErrorCode.CORRUPT_LOG,
                        "the batch at offset "
                                + batch.getBaseOffset()
                                + " of "
                                + cursor.partition()
                                + " is damaged: "
                                + problem,
                        cause)
                .with("offset", batch.getBaseOffset());
    }
}
