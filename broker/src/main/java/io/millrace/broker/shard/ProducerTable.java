package io.millrace.broker.shard;

import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.error.ErrorCode;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The producers of one partition: tells the next batch from a duplicate and from one out of order.
 *
 * <p>Deterministic: forgets by the partition's append times and by order of use only. Kept in the
 * order of the last stored batch, which is also the order of their append times, so expiry looks at
 * the head alone. Confined to the apply thread.
 */
final class ProducerTable {

    private final ProducerLimits limits;
    private final LinkedHashMap<Long, ProducerState> producers = new LinkedHashMap<>();

    ProducerTable(ProducerLimits limits) {
        this.limits = limits;
    }

    /** The table of a checkpoint, in the order of {@link #states}. */
    ProducerTable(ProducerLimits limits, List<ProducerState> states) {
        this(limits);
        for (ProducerState state : states) {
            producers.put(state.producerId(), state);
        }
    }

    /**
     * Judges a batch; changes nothing, so that what is refused leaves no trace.
     *
     * @param nowMs the time stamp that the batch would get
     * @return null if it is to be stored; else {@link AppendResult.Duplicate} or {@link Refused}
     */
    AppendResult check(BatchHeader header, long nowMs) {
        if (!header.isIdempotent()) {
            return null;
        }
        ProducerState state = producers.get(header.producerId());
        if (state == null || isIdle(state, nowMs)) {
            return header.firstSequence() == 0
                    ? null
                    : refused(
                            ErrorCode.UNKNOWN_PRODUCER,
                            "producer "
                                    + header.producerId()
                                    + " is not known in this partition and starts at sequence "
                                    + header.firstSequence()
                                    + "; a producer starts at 0, and is forgotten after "
                                    + limits.idleMs()
                                    + " ms without a batch");
        }
        if (header.producerEpoch() < state.epoch()) {
            return refused(
                    ErrorCode.PRODUCER_FENCED,
                    "producer "
                            + header.producerId()
                            + " has epoch "
                            + state.epoch()
                            + " by now, the batch carries "
                            + header.producerEpoch());
        }
        long expected = header.producerEpoch() > state.epoch() ? 0 : state.nextSequence();
        if (header.firstSequence() == expected) {
            return null;
        }
        if (header.nextSequence() <= expected) {
            return state.find(header.firstSequence(), header.recordCount());
        }
        return refused(
                ErrorCode.OUT_OF_ORDER_SEQUENCE,
                "producer "
                        + header.producerId()
                        + " sent the sequences "
                        + header.firstSequence()
                        + " to "
                        + (header.nextSequence() - 1)
                        + ", the next one is "
                        + expected
                        + "; send the missing batches first");
    }

    /** Remembers a batch that is stored, after {@link #check} has let it pass. */
    void stored(BatchHeader header, long baseOffset, long leaderEpoch, long appendTimeMs) {
        if (!header.isIdempotent()) {
            return;
        }
        expire(appendTimeMs);
        ProducerState before = producers.remove(header.producerId());
        boolean goesOn = before != null && before.epoch() == header.producerEpoch();
        if (before == null && producers.size() >= limits.maxProducers()) {
            Iterator<Map.Entry<Long, ProducerState>> oldest = producers.entrySet().iterator();
            oldest.next();
            oldest.remove();
        }
        producers.put(
                header.producerId(),
                goesOn
                        ? before.with(header, baseOffset, leaderEpoch, appendTimeMs)
                        : ProducerState.first(header, baseOffset, leaderEpoch, appendTimeMs));
    }

    /** An immutable copy, the producer idle longest first. */
    List<ProducerState> states() {
        return List.copyOf(producers.values());
    }

    private void expire(long nowMs) {
        Iterator<ProducerState> oldestFirst = producers.values().iterator();
        while (oldestFirst.hasNext() && isIdle(oldestFirst.next(), nowMs)) {
            oldestFirst.remove();
        }
    }

    private boolean isIdle(ProducerState state, long nowMs) {
        return nowMs - state.lastAppendTimeMs() > limits.idleMs();
    }

    private static Refused refused(ErrorCode code, String message) {
        return new Refused(code, message);
    }
}
