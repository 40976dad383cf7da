package io.millrace.raft.jraft;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that the proposals of all shards of a broker may hold in memory. Thread-safe. */
final class ProposalBudget {

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    ProposalBudget(long limit) {
        this.limit = limit;
    }

    /**
     * @return false if there is no room; nothing is taken then. A proposal larger than the whole
     *     budget finds room when there is no other.
     */
    boolean tryTake(long bytes) {
        long before;
        do {
            before = used.get();
            if (before > 0 && before + bytes > limit) {
                return false;
            }
        } while (!used.compareAndSet(before, before + bytes));
        return true;
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }

    long limit() {
        return limit;
    }
}
