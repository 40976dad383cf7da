package io.millrace.protocol.batch;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Goes through the records of one batch in order. Ends as {@link RecordBatch} says if the batch is
 * damaged. Not thread-safe.
 */
public final class RecordWalk implements Iterator<Record> {
    private final RecordBatch batch;
    private final ByteBuffer plain;
    private final ByteBuffer at;
    private final RecordReader reader;
    private int index;
    private long lastTimestampMs;
    private int lastBytes;

    RecordWalk(RecordBatch batch, ByteBuffer plain) {
        this.batch = batch;
        this.plain = plain;
        this.at = plain.duplicate();
        this.reader = batch.reader(at);
    }

    @Override
    public boolean hasNext() {
        if (index < batch.header().recordCount() && reader.hasRemaining()) {
            return true;
        }
        batch.checkEnd(reader, index);
        return false;
    }

    @Override
    public Record next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int from = position();
        Record record = reader.read(batch.header().baseTimestampMs());
        lastTimestampMs = record.timestampMs();
        lastBytes = position() - from;
        index++;
        return record;
    }

    /**
     * Steps over a record by its length alone, without a look at its fields. No run may be extended
     * by it.
     *
     * @throws NoSuchElementException at the end
     */
    public void skip() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int from = position();
        reader.skip();
        lastBytes = position() - from;
        index++;
    }

    /** The place of the next record in the batch, from 0; at the end their number. */
    public int index() {
        return index;
    }

    /** The bytes of the record read last, before compression. */
    public int lastBytes() {
        return lastBytes;
    }

    /** A run without records that can begin with the next one. */
    public RecordRun run() {
        return new RecordRun(this);
    }

    BatchHeader header() {
        return batch.header();
    }

    /** Where the next record begins in the plain body. */
    int position() {
        return at.position();
    }

    long lastTimestampMs() {
        return lastTimestampMs;
    }

    /** The plain body; its position and limit are the caller's to set. */
    ByteBuffer plain() {
        return plain.duplicate();
    }
}
