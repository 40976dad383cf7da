package io.millrace.protocol.batch;

import java.nio.ByteBuffer;

/**
 * Records of one batch that follow each other, gathered while a {@link RecordWalk} goes over them.
 * Holds no bytes of its own. Not thread-safe.
 */
public final class RecordRun {
    private final RecordWalk walk;
    private final int first;
    private final int from;
    private int count;
    private int to;
    private long maxTimestampMs;

    RecordRun(RecordWalk walk) {
        this.walk = walk;
        this.first = walk.index();
        this.from = walk.position();
        this.to = from;
        this.maxTimestampMs = walk.header().baseTimestampMs();
    }

    /**
     * Takes in the record that the walk has read last.
     *
     * @throws IllegalStateException if it does not follow the last one of the run
     */
    public void extend() {
        if (walk.index() != first + count + 1) {
            throw new IllegalStateException(
                    "record " + (walk.index() - 1) + " does not follow " + (first + count - 1));
        }
        count++;
        to = walk.position();
        maxTimestampMs = Math.max(maxTimestampMs, walk.lastTimestampMs());
    }

    /** The place of its first record in the batch, from 0. */
    public int first() {
        return first;
    }

    /** How many records it has. */
    public int count() {
        return count;
    }

    /** The bytes of its records before compression. */
    public int plainBytes() {
        return to - from;
    }

    /**
     * The run as a batch of its own: the same records of the same producer, its sequence that of
     * the run's first record, compressed as the whole was unless that does not pay.
     *
     * @throws IllegalStateException if there is no record
     */
    public byte[] encode() {
        if (count == 0) {
            throw new IllegalStateException("a batch has one record at least");
        }
        BatchHeader whole = walk.header();
        byte[] plain = new byte[BatchHeader.SIZE + plainBytes()];
        ByteBuffer source = walk.plain();
        source.position(from).limit(to).get(plain, BatchHeader.SIZE, plainBytes());
        byte[] compressed =
                whole.compression() == Compression.NONE
                        ? null
                        : BatchBody.compress(
                                whole.compression(), plain, BatchHeader.SIZE, plainBytes());
        byte[] bytes = compressed == null ? plain : compressed;
        BatchHeader header =
                new BatchHeader(
                        0,
                        compressed == null ? Compression.NONE : whole.compression(),
                        count,
                        0,
                        0,
                        0,
                        whole.baseTimestampMs(),
                        maxTimestampMs,
                        plainBytes(),
                        bytes.length - BatchHeader.SIZE);
        long sequence = whole.isIdempotent() ? whole.firstSequence() + first : 0;
        return new EncodedBatch(header, bytes)
                .stamp(whole.producerId(), whole.producerEpoch(), sequence);
    }
}
