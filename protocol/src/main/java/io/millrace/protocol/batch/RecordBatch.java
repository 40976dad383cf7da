package io.millrace.protocol.batch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A view of one record batch. Decompresses once, when the first record is asked for; reads records
 * one by one.
 *
 * <p>Iterating throws {@link CorruptBatchException} at the first record that is damaged, or at the
 * end if there are more or fewer records than the header says. Not thread-safe; the buffer must not
 * change while it is in use.
 */
public final class RecordBatch implements Iterable<Record> {
    private final BatchHeader header;
    private final ByteBuffer body;
    private ByteBuffer plain;

    private RecordBatch(BatchHeader header, ByteBuffer batch) {
        this.header = header;
        this.body = batch.slice(batch.position() + BatchHeader.SIZE, header.bodyLength());
    }

    /**
     * A batch whose header and CRC are good. The buffer holds exactly one batch between position
     * and limit, is left as it is, and is not copied.
     *
     * @throws CorruptBatchException if they are not
     */
    public static RecordBatch validated(ByteBuffer batch) {
        return new RecordBatch(BatchHeader.validate(batch), batch);
    }

    /**
     * A batch whose CRC was checked before. The buffer is as for {@link #validated}.
     *
     * @throws CorruptBatchException if the header is wrong
     */
    public static RecordBatch trusted(ByteBuffer batch) {
        return new RecordBatch(BatchHeader.parse(batch), batch);
    }

    /** The header. */
    public BatchHeader header() {
        return header;
    }

    /**
     * Whether an uncompressed body holds as many records as the header says, told by their lengths
     * alone; allocates nothing. Compressed bodies are not looked into: their readers check.
     *
     * @throws CorruptBatchException if it does not
     */
    public void checkRecordCount() {
        if (header.compression() != Compression.NONE) {
            return;
        }
        RecordReader reader = new RecordReader(body.duplicate(), BatchHeader.SIZE);
        int found = 0;
        for (; found < header.recordCount() && reader.hasRemaining(); found++) {
            reader.skip();
        }
        checkEnd(reader, found);
    }

    /** All records, read now. */
    public List<Record> records() {
        // The count was checked against the body's size, so this allocates in proportion to it.
        List<Record> records = new ArrayList<>(header.recordCount());
        forEach(records::add);
        return records;
    }

    @Override
    public Iterator<Record> iterator() {
        return walk();
    }

    /**
     * Reads the records one by one, as {@link #iterator} does, and can cut runs of them out. Does
     * not change this view.
     */
    public RecordWalk walk() {
        if (plain == null) {
            plain = BatchBody.decompress(header, body);
        }
        return new RecordWalk(this, plain);
    }

    private int origin() {
        return header.compression() == Compression.NONE ? BatchHeader.SIZE : 0;
    }

    /** A reader of all records, given the plain body. */
    RecordReader reader(ByteBuffer plainBody) {
        return new RecordReader(plainBody, origin());
    }

    void checkEnd(RecordReader reader, int found) {
        if (found < header.recordCount()) {
            throw new CorruptBatchException(
                    "record count",
                    BatchHeader.AT_RECORD_COUNT,
                    header.recordCount() + "; the body holds " + found);
        }
        if (reader.hasRemaining()) {
            throw new CorruptBatchException(
                    "record count",
                    BatchHeader.AT_RECORD_COUNT,
                    header.recordCount() + "; the body goes on at byte " + reader.position());
        }
    }
}
