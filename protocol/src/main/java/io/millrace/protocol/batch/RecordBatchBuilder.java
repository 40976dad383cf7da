package io.millrace.protocol.batch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Collects records into the body of one batch. Not thread-safe; used once.
 *
 * <p>The array grows by doubling from small, so an idle partition's open batch is cheap.
 */
public final class RecordBatchBuilder {
    /** What a record takes at most besides its key, value and headers. */
    public static final int MAX_RECORD_OVERHEAD = 30;

    /** What a header takes at most besides its name and value. */
    public static final int MAX_HEADER_OVERHEAD = 10;

    private static final int INITIAL_BYTES = 512;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int size = BatchHeader.SIZE;
    private int count;
    private long baseTimestampMs;
    private long maxTimestampMs;

    /**
     * An upper bound of the bytes that a record adds to a batch before compression, in O(headers).
     */
    public static long maxBytesOf(Record record) {
        long bytes = MAX_RECORD_OVERHEAD + lengthOf(record.key()) + lengthOf(record.value());
        for (Header header : record.headers()) {
            // UTF-8 takes at most three bytes for a char.
            bytes += MAX_HEADER_OVERHEAD + 3L * header.name().length() + lengthOf(header.value());
        }
        return bytes;
    }

    /**
     * Appends a record.
     *
     * @throws IllegalArgumentException if the batch would grow beyond {@link
     *     BatchHeader#MAX_UNCOMPRESSED_BYTES}; the batch is unchanged then
     */
    public RecordBatchBuilder append(Record record) {
        long bound = maxBytesOf(record);
        if (size - BatchHeader.SIZE + bound > BatchHeader.MAX_UNCOMPRESSED_BYTES) {
            throw new IllegalArgumentException(
                    "the record would make the batch larger than "
                            + BatchHeader.MAX_UNCOMPRESSED_BYTES
                            + " bytes; put it into the next batch");
        }
        ensureRoom((int) bound);
        if (count == 0) {
            baseTimestampMs = record.timestampMs();
        }
        // The length is written in front of the fields; its own size depends on theirs.
        int start = size;
        size += lengthBytes(bound);
        int fields = size;
        putFields(record);
        closeRecord(start, fields);
        count++;
        maxTimestampMs = Math.max(maxTimestampMs, record.timestampMs());
        return this;
    }

    /** The records so far. */
    public int count() {
        return count;
    }

    /** The bytes of the batch if it were built now without compression. */
    public int sizeInBytes() {
        return size;
    }

    /**
     * Ends the batch.
     *
     * @param compression what to try; the batch is left uncompressed where that is smaller
     * @throws IllegalStateException if there is no record
     */
    public EncodedBatch build(Compression compression) {
        if (count == 0) {
            throw new IllegalStateException("a batch has one record at least");
        }
        int plainSize = size - BatchHeader.SIZE;
        byte[] compressed =
                compression == Compression.NONE
                        ? null
                        : BatchBody.compress(compression, bytes, BatchHeader.SIZE, plainSize);
        byte[] batch =
                compressed != null
                        ? compressed
                        : bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
        bytes = null;
        BatchHeader header =
                new BatchHeader(
                        0,
                        compressed == null ? Compression.NONE : compression,
                        count,
                        0,
                        0,
                        0,
                        baseTimestampMs,
                        maxTimestampMs,
                        plainSize,
                        batch.length - BatchHeader.SIZE);
        return new EncodedBatch(header, batch);
    }

    private void putFields(Record record) {
        long delta = record.timestampMs() - baseTimestampMs;
        putVarint((delta << 1) ^ (delta >> 63));
        putNullable(record.key());
        putNullable(record.value());
        List<Header> headers = record.headers();
        putVarint(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            byte[] name = headers.get(i).name().getBytes(StandardCharsets.UTF_8);
            putVarint(name.length);
            putBytes(name);
            putNullable(headers.get(i).value());
        }
    }

    /** Writes the length and closes the hole before the fields if it needs fewer bytes. */
    private void closeRecord(int start, int fields) {
        int length = size - fields;
        int hole = fields - start - lengthBytes(length);
        if (hole > 0) {
            System.arraycopy(bytes, fields, bytes, fields - hole, length);
        }
        int end = size - hole;
        size = start;
        putVarint(length);
        size = end;
    }

    private void ensureRoom(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    private void putNullable(byte[] value) {
        if (value == null) {
            putVarint(0);
        } else {
            putVarint(value.length + 1L);
            putBytes(value);
        }
    }

    private void putBytes(byte[] value) {
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    private void putVarint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    private static int lengthBytes(long value) {
        return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    }

    private static int lengthOf(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
