package io.millrace.broker.subscription;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Whether the tests of a subscription's filter are put off, since they take more than a turn may.
 * Written by the session's turn, read by any thread.
 */
final class HeldBack {

    /** What was put off longer ago does not count. */
    static final long RECENT_NANOS = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanoTime;
    private volatile Moment last;

    private record Moment(long nanos) {}

    private volatile Filtered filtered = new Filtered("", Set.of());

    /**
     * @param expression the filter
     * @param partitionIds what is read with it
     */
    private record Filtered(String expression, Set<Long> partitionIds) {}

    HeldBack(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The subscription reads partitions with a filter. */
    void filters(String expression, Set<Long> partitionIds) {
        filtered = new Filtered(expression, Set.copyOf(partitionIds));
    }

    /** A test was put off to another turn. */
    void putOff() {
        last = new Moment(nanoTime.getAsLong());
    }

    /** The filter that a partition is read with, if its tests were put off lately. */
    Optional<String> filter(long partitionId) {
        Moment moment = last;
        Filtered now = filtered;
        boolean recent = moment != null && nanoTime.getAsLong() - moment.nanos() <= RECENT_NANOS;
        return recent && now.partitionIds().contains(partitionId)
                ? Optional.of(now.expression())
                : Optional.empty();
    }
}
