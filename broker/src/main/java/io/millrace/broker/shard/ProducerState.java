package io.millrace.broker.shard;

import io.millrace.broker.shard.AppendResult.Duplicate;
import io.millrace.protocol.batch.BatchHeader;
import java.util.Arrays;

/**
 * What a partition remembers of one producer. Immutable, so that a checkpoint shares it.
 *
 * <p>The batches remembered follow each other and end just before the next sequence, so their
 * sequences need not be kept.
 */
final class ProducerState {

    /** How many batches are remembered with their offsets: as many as may be in flight. */
    static final int REMEMBERED_BATCHES = 8;

    /** Longs for each batch: record count, base offset, leader epoch, append time. */
    static final int STRIDE = 4;

    private final long producerId;
    private final int epoch;
    private final long nextSequence;
    private final long[] batches;

    /**
     * @param batches {@link #STRIDE} longs for each batch remembered, oldest first, one to {@link
     *     #REMEMBERED_BATCHES}; not copied
     */
    ProducerState(long producerId, int epoch, long nextSequence, long[] batches) {
        this.producerId = producerId;
        this.epoch = epoch;
        this.nextSequence = nextSequence;
        this.batches = batches;
    }

    /** A producer whose first batch of an epoch was stored. */
    static ProducerState first(
            BatchHeader header, long baseOffset, long leaderEpoch, long appendTimeMs) {
        long[] batches = {header.recordCount(), baseOffset, leaderEpoch, appendTimeMs};
        return new ProducerState(
                header.producerId(), header.producerEpoch(), header.nextSequence(), batches);
    }

    /** The same producer after its next batch was stored. */
    ProducerState with(BatchHeader header, long baseOffset, long leaderEpoch, long appendTimeMs) {
        int kept = Math.min(batches.length, (REMEMBERED_BATCHES - 1) * STRIDE);
        long[] more = new long[kept + STRIDE];
        System.arraycopy(batches, batches.length - kept, more, 0, kept);
        more[kept] = header.recordCount();
        more[kept + 1] = baseOffset;
        more[kept + 2] = leaderEpoch;
        more[kept + 3] = appendTimeMs;
        return new ProducerState(producerId, epoch, header.nextSequence(), more);
    }

    long producerId() {
        return producerId;
    }

    int epoch() {
        return epoch;
    }

    long nextSequence() {
        return nextSequence;
    }

    /** When its last batch was stored, by the partition's time. */
    long lastAppendTimeMs() {
        return batches[batches.length - 1];
    }

    /** How many batches are remembered. */
    int batchCount() {
        return batches.length / STRIDE;
    }

    /** One of the {@link #STRIDE} numbers of a batch, 0 being the oldest. */
    long batchField(int batch, int field) {
        return batches[batch * STRIDE + field];
    }

    /**
     * Where a batch that ends at or before the next sequence was stored. Forgotten if it is older
     * than the batches remembered, or cut otherwise than it was the first time.
     */
    Duplicate find(long firstSequence, int recordCount) {
        long sequence = nextSequence;
        for (int at = batches.length - STRIDE; at >= 0; at -= STRIDE) {
            sequence -= batches[at];
            if (sequence == firstSequence && batches[at] == recordCount) {
                return new Duplicate(batches[at + 1], batches[at + 2], batches[at + 3]);
            }
        }
        return Duplicate.FORGOTTEN;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProducerState that
                && producerId == that.producerId
                && epoch == that.epoch
                && nextSequence == that.nextSequence
                && Arrays.equals(batches, that.batches);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(producerId * 31 + nextSequence);
    }

    @Override
    public String toString() {
        return "producer "
                + producerId
                + " epoch "
                + epoch
                + " next "
                + nextSequence
                + " batches "
                + Arrays.toString(batches);
    }
}
