package io.millrace.broker.queue;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Names deliveries: never 0, never the same twice within a term of a leader, and, for terms below
 * 16 million, never the same in two. One for all queues that a leader serves in a term.
 * Thread-safe.
 */
public final class DeliveryIds {

    private static final int BITS_IN_TERM = 40;

    private final AtomicLong last;

    /** The ids of a term. */
    public DeliveryIds(long term) {
        this.last = new AtomicLong(term << BITS_IN_TERM);
    }

    long next() {
        return last.incrementAndGet();
    }
}
