package io.millrace.protocol.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The fixed header of a record batch: all that a broker must know of it.
 *
 * @param crc CRC32C of every byte of the batch after this field
 * @param compression how the body is compressed
 * @param recordCount how many records, 1 or more
 * @param producerId who wrote it; 0: not an idempotent producer, then epoch and sequence are 0 too
 * @param producerEpoch the epoch of that producer, 0 or more
 * @param firstSequence the sequence of the first record, 0 or more; each record takes one
 * @param baseTimestampMs what the records' timestamps count from, milliseconds since 1970 UTC
 * @param maxTimestampMs the highest timestamp of its records
 * @param uncompressedSize the bytes of the body when decompressed, at most {@link
 *     #MAX_UNCOMPRESSED_BYTES}
 * @param bodyLength the bytes of the body as it is
 */
public record BatchHeader(
        int crc,
        Compression compression,
        int recordCount,
        long producerId,
        int producerEpoch,
        long firstSequence,
        long baseTimestampMs,
        long maxTimestampMs,
        int uncompressedSize,
        int bodyLength) {

    /** The bytes of the header. */
    public static final int SIZE = 60;

    /** The first four bytes of each batch: "MRB" and the format version 1. */
    public static final int MAGIC = 0x4D524201;

    /** No batch is larger than this when decompressed (64 MiB). */
    public static final int MAX_UNCOMPRESSED_BYTES = 64 << 20;

    /** Length, timestamp, key, value and header count of a record take one byte each at least. */
    static final int MIN_RECORD_BYTES = 5;

    static final int AT_MAGIC = 0;
    static final int AT_CRC = 4;
    static final int AT_ATTRIBUTES = 8;
    static final int AT_RECORD_COUNT = 12;
    static final int AT_PRODUCER_ID = 16;
    static final int AT_FIRST_SEQUENCE = 24;
    static final int AT_BASE_TIMESTAMP = 32;
    static final int AT_MAX_TIMESTAMP = 40;
    static final int AT_PRODUCER_EPOCH = 48;
    static final int AT_UNCOMPRESSED_SIZE = 52;
    static final int AT_BODY_LENGTH = 56;

    private static final int COMPRESSION_MASK = 0x7;

    /**
     * Reads and checks the header, but not the CRC: for batches that were validated before. The
     * buffer holds exactly one batch between position and limit and is left as it is.
     *
     * @throws CorruptBatchException if a field is not what the format allows, or the batch is
     *     longer or shorter than it says
     */
    public static BatchHeader parse(ByteBuffer batch) {
        ByteBuffer b = batch.slice().order(ByteOrder.BIG_ENDIAN);
        if (b.remaining() < SIZE) {
            throw new CorruptBatchException(
                    "header",
                    0,
                    "a batch has " + SIZE + " bytes at least, this has " + b.remaining());
        }
        int magic = b.getInt(AT_MAGIC);
        if (magic != MAGIC) {
            throw new CorruptBatchException(
                    "magic",
                    AT_MAGIC,
                    String.format("expected 0x%08X, found 0x%08X", MAGIC, magic));
        }
        int attributes = b.getInt(AT_ATTRIBUTES);
        Compression compression;
        try {
            compression = Compression.ofCode(attributes & COMPRESSION_MASK);
        } catch (IllegalArgumentException e) {
            throw new CorruptBatchException("attributes", AT_ATTRIBUTES, e.getMessage(), e);
        }
        if ((attributes & ~COMPRESSION_MASK) != 0) {
            throw new CorruptBatchException(
                    "attributes",
                    AT_ATTRIBUTES,
                    String.format(
                            "unknown bits in 0x%08X; only the lowest 3 are used", attributes));
        }
        BatchHeader header =
                new BatchHeader(
                        b.getInt(AT_CRC),
                        compression,
                        b.getInt(AT_RECORD_COUNT),
                        b.getLong(AT_PRODUCER_ID),
                        b.getInt(AT_PRODUCER_EPOCH),
                        b.getLong(AT_FIRST_SEQUENCE),
                        b.getLong(AT_BASE_TIMESTAMP),
                        b.getLong(AT_MAX_TIMESTAMP),
                        b.getInt(AT_UNCOMPRESSED_SIZE),
                        b.getInt(AT_BODY_LENGTH));
        header.check(b.remaining());
        return header;
    }

    /**
     * All that a broker checks before it stores a batch without reading its records: {@link #parse}
     * and the CRC. The buffer is left as it is.
     *
     * @throws CorruptBatchException if the batch must not be stored
     */
    public static BatchHeader validate(ByteBuffer batch) {
        BatchHeader header = parse(batch);
        int actual = crcOf(batch);
        if (actual != header.crc) {
            throw new CorruptBatchException(
                    "crc",
                    AT_CRC,
                    String.format(
                            "the header says 0x%08X, the bytes give 0x%08X; they were damaged or"
                                    + " changed after the CRC was taken",
                            header.crc, actual));
        }
        return header;
    }

    /** The bytes of the whole batch. */
    public int batchLength() {
        return SIZE + bodyLength;
    }

    /** The sequence that the producer's next batch has to start with. */
    public long nextSequence() {
        return firstSequence + recordCount;
    }

    /** Whether duplicates of it can be told. */
    public boolean isIdempotent() {
        return producerId != 0;
    }

    static int crcOf(ByteBuffer batch) {
        ByteBuffer covered = batch.duplicate();
        covered.position(covered.position() + AT_ATTRIBUTES);
        CRC32C crc = new CRC32C();
        crc.update(covered);
        return (int) crc.getValue();
    }

    private void check(int batchBytes) {
        require(
                bodyLength == batchBytes - SIZE,
                "body length",
                AT_BODY_LENGTH,
                bodyLength,
                "the batch has " + (batchBytes - SIZE) + " bytes after its header");
        require(
                uncompressedSize >= MIN_RECORD_BYTES && uncompressedSize <= MAX_UNCOMPRESSED_BYTES,
                "uncompressed size",
                AT_UNCOMPRESSED_SIZE,
                uncompressedSize,
                "allowed are " + MIN_RECORD_BYTES + " to " + MAX_UNCOMPRESSED_BYTES);
        require(
                compression != Compression.NONE || uncompressedSize == bodyLength,
                "uncompressed size",
                AT_UNCOMPRESSED_SIZE,
                uncompressedSize,
                "the body is not compressed and has " + bodyLength + " bytes");
        require(
                recordCount >= 1 && recordCount <= uncompressedSize / MIN_RECORD_BYTES,
                "record count",
                AT_RECORD_COUNT,
                recordCount,
                "at least 1, and at most one for each "
                        + MIN_RECORD_BYTES
                        + " of the "
                        + uncompressedSize
                        + " bytes uncompressed");
        require(producerId >= 0, "producer id", AT_PRODUCER_ID, producerId, "must not be negative");
        require(
                producerEpoch >= 0 && (producerId != 0 || producerEpoch == 0),
                "producer epoch",
                AT_PRODUCER_EPOCH,
                producerEpoch,
                "must not be negative, and is 0 without a producer id");
        require(
                firstSequence >= 0
                        && firstSequence <= Long.MAX_VALUE - recordCount
                        && (producerId != 0 || firstSequence == 0),
                "first sequence",
                AT_FIRST_SEQUENCE,
                firstSequence,
                "must not be negative or overflow, and is 0 without a producer id");
        require(
                baseTimestampMs >= 0,
                "base timestamp",
                AT_BASE_TIMESTAMP,
                baseTimestampMs,
                "must not be negative");
        require(
                maxTimestampMs >= baseTimestampMs,
                "max timestamp",
                AT_MAX_TIMESTAMP,
                maxTimestampMs,
                "is below the base timestamp, " + baseTimestampMs);
    }

    private static void require(
            boolean holds, String field, int position, long value, String rule) {
        if (!holds) {
            throw new CorruptBatchException(field, position, value + "; " + rule);
        }
    }
}
