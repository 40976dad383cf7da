package io.millrace.protocol.batch;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A finished batch that gets its producer id, epoch and sequence when it is sent. Not thread-safe.
 *
 * <p>The body is encoded and compressed once; a stamp only rewrites the header and takes the CRC.
 */
public final class EncodedBatch {
    private final BatchHeader header;
    private byte[] bytes;
    private boolean stamped;

    /**
     * @param bytes room for the header and then the body; what comes after it is not of the batch
     */
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
        return header.batchLength();
    }

    /** The compression that was used: {@link Compression#NONE} where another one did not pay. */
    public Compression compression() {
        return header.compression();
    }

    /** The bytes of a batch without a producer: its duplicates cannot be told. */
    public byte[] withoutProducer() {
        return stamp(0, 0, 0);
    }

    /** As {@link #stamped}, in an array of its size, which is a copy unless that is at hand. */
    public byte[] stamp(long producerId, int producerEpoch, long firstSequence) {
        stamped(producerId, producerEpoch, firstSequence);
        return bytes.length == sizeInBytes() ? bytes : Arrays.copyOf(bytes, sizeInBytes());
    }

    /**
     * The batch as this producer sends it, where it was encoded: a view of an array, for reading.
     * What was returned before is not changed: a second stamp copies.
     *
     * @param producerId from PublishWelcome, above 0
     * @param producerEpoch from PublishWelcome, 0 or more
     * @param firstSequence the sequence of the first record, 0 or more
     */
    public ByteBuffer stamped(long producerId, int producerEpoch, long firstSequence) {
        if (stamped) {
            bytes = Arrays.copyOf(bytes, sizeInBytes());
        }
        stamped = true;
        ByteBuffer b = ByteBuffer.wrap(bytes, 0, sizeInBytes()).slice();
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
        return b;
    }
}
