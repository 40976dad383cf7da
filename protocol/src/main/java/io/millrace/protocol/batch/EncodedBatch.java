package io.millrace.protocol.batch;

import java.nio.ByteBuffer;

/**
 * A finished batch that gets its producer id, epoch and sequence when it is sent. Not thread-safe.
 *
 * <p>The body is encoded and compressed once; a stamp only rewrites the header and takes the CRC.
 */
public final class EncodedBatch {
    private final BatchHeader header;
    private byte[] bytes;
    private boolean stamped;

    EncodedBatch(BatchHeader header, byte[] bytes) {
        this.header = header;
        this.bytes = bytes;
    }

    /** The records in it. */
    public int recordCount() {
        return header.recordCount();
    }

    /** Its bytes, the header included. */
    public int sizeInBytes() {
        return bytes.length;
    }

    /** The compression that was used: {@link Compression#NONE} where another one did not pay. */
    public Compression compression() {
        return header.compression();
    }

    /** The bytes of a batch without a producer: its duplicates cannot be told. */
    public byte[] withoutProducer() {
        return stamp(0, 0, 0);
    }

    /**
     * The bytes of the batch as this producer sends it. Arrays returned before are not changed: a
     * second stamp copies.
     *
     * @param producerId from PublishWelcome, above 0
     * @param producerEpoch from PublishWelcome, 0 or more
     * @param firstSequence the sequence of the first record, 0 or more
     */
    public byte[] stamp(long producerId, int producerEpoch, long firstSequence) {
        if (stamped) {
            bytes = bytes.clone();
        }
        stamped = true;
        ByteBuffer b = ByteBuffer.wrap(bytes);
        b.putInt(BatchHeader.AT_MAGIC, BatchHeader.MAGIC);
        b.putInt(BatchHeader.AT_ATTRIBUTES, header.compression().code());
        b.putInt(BatchHeader.AT_RECORD_COUNT, header.recordCount());
        b.putLong(BatchHeader.AT_PRODUCER_ID, producerId);
        b.putLong(BatchHeader.AT_FIRST_SEQUENCE, firstSequence);
        b.putLong(BatchHeader.AT_BASE_TIMESTAMP, header.baseTimestampMs());
        b.putLong(BatchHeader.AT_MAX_TIMESTAMP, header.maxTimestampMs());
        b.putInt(BatchHeader.AT_PRODUCER_EPOCH, producerEpoch);
        b.putInt(BatchHeader.AT_UNCOMPRESSED_SIZE, header.uncompressedSize());
        b.putInt(BatchHeader.AT_BODY_LENGTH, header.bodyLength());
        b.putInt(BatchHeader.AT_CRC, BatchHeader.crcOf(b));
        return bytes;
    }
}
