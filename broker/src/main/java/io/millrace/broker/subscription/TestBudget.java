package io.millrace.broker.subscription;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How many records one turn may test before other subscriptions have theirs: bounded by their
 * number, their bytes and time. Confined to the turn.
 */
final class TestBudget {

    /** What a turn may cost; a byte of a record costs one. */
    static final long MAX_COST = 4 << 20;

    /** What a record costs at least. */
    static final int MIN_RECORD_COST = 1 << 10;

    static final long MAX_NANOS = Duration.ofMillis(10).toNanos();

    private final LongSupplier nanoTime;
    private final long startNanos;
    private long cost;
    private int tested;
    private int matched;
    private boolean spent;

    TestBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    /** Whether another record may be tested; the first always may. */
    boolean allowsOne() {
        spent = tested > 0 && (cost >= MAX_COST || nanoTime.getAsLong() - startNanos >= MAX_NANOS);
        return !spent;
    }

    /** A record was tested. */
    void tested(int bytes, boolean matches) {
        cost += Math.max(MIN_RECORD_COST, bytes);
        tested++;
        if (matches) {
            matched++;
        }
    }

    /** Whether a test was put off to another turn. */
    boolean isSpent() {
        return spent;
    }

    int tested() {
        return tested;
    }

    int matched() {
        return matched;
    }
}
