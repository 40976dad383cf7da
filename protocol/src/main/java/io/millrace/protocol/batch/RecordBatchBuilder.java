package io.millrace.protocol.batch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Collects records into the body of one batch. Not thread-safe; used once.
 *
 * <p>The array is made for the first record, as large as the batch is expected to be, and grows by
 * doubling. Without an expectation it starts small, so an idle partition's open batch is cheap.
 */
public final class RecordBatchBuilder {
    /** What a record takes at most besides its key, value and headers. */
    public static final int MAX_RECORD_OVERHEAD = 30;

    /** What a header takes at most besides its name and value. */
    public static final int MAX_HEADER_OVERHEAD = 10;

    private static final int INITIAL_BYTES = 512;

    private static final byte[] NOTHING = {};

    private final int expectedBytes;
    private byte[] bytes = NOTHING;
    private int size = BatchHeader.SIZE;
    private int count;
    private long baseTimestampMs;
    private long maxTimestampMs;

    /** For a batch of unknown size. */
    public RecordBatchBuilder() {
        this(INITIAL_BYTES);
    }

    /**
     * For a batch that will not be built by copying if it is as large as expected.
     *
     * @param expectedBytes its size before compression, the header included
     */
    public RecordBatchBuilder(int expectedBytes) {
        this.expectedBytes = Math.max(INITIAL_BYTES, expectedBytes);
    }

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
        long baseMs = count == 0 ? record.timestampMs() : baseTimestampMs;
        long length = fieldBytes(record, baseMs);
        long more = varintBytes(length) + length;
        if (size - BatchHeader.SIZE + more > BatchHeader.MAX_UNCOMPRESSED_BYTES) {
            throw new IllegalArgumentException(
                    "the record would make the batch larger than "
                            + BatchHeader.MAX_UNCOMPRESSED_BYTES
                            + " bytes; put it into the next batch");
        }
        ensureRoom((int) more);
        baseTimestampMs = baseMs;
        putVarint(length);
        putFields(record);
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
        byte[] batch = compressed == null ? trimmed() : compressed;
        int bodyLength = (compressed == null ? size : compressed.length) - BatchHeader.SIZE;
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
                        bodyLength);
        return new EncodedBatch(header, batch);
    }

    /** What was expected may not have come: no batch holds more than twice what it needs. */
    private byte[] trimmed() {
        return bytes.length <= 2 * size ? bytes : Arrays.copyOf(bytes, size);
    }

    /** What {@link #putFields} will put. */
    private static long fieldBytes(Record record, long baseMs) {
        List<Header> headers = record.headers();
        long sum =
                varintBytes(zigzag(record.timestampMs() - baseMs))
                        + nullableBytes(record.key())
                        + nullableBytes(record.value())
                        + varintBytes(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            long name = utf8Bytes(headers.get(i).name());
            sum += varintBytes(name) + name + nullableBytes(headers.get(i).value());
        }
        return sum;
    }

    private void putFields(Record record) {
        putVarint(zigzag(record.timestampMs() - baseTimestampMs));
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

    private void ensureRoom(int more) {
        int needed = size + more;
        if (needed > bytes.length) {
            int wanted = bytes == NOTHING ? expectedBytes : 2 * bytes.length;
            bytes = Arrays.copyOf(bytes, Math.max(wanted, needed));
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

    private static long nullableBytes(byte[] value) {
        return value == null ? 1 : varintBytes(value.length + 1L) + value.length;
    }

    private static int varintBytes(long value) {
        return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    }

    private static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    /** As many as {@link String#getBytes} gives: it puts one '?' for half of a surrogate pair. */
    private static long utf8Bytes(String text) {
        long sum = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                sum++;
            } else if (c < 0x800) {
                sum += 2;
            } else if (!Character.isSurrogate(c)) {
                sum += 3;
            } else if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
                sum += 4;
                i++;
            } else {
                sum++;
            }
        }
        return sum;
    }

    private static int lengthOf(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
