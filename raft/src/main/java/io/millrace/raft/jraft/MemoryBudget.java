package io.millrace.raft.jraft;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that something of all shards of a broker may hold in memory: proposals, or entries that
 * were received. Thread-safe.
 */
final class MemoryBudget {

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(long limit) {
        this.limit = limit;
    }

    /**
     * @return false if there is no room; nothing is taken then. What is larger than the whole
     *     budget finds room when there is nothing else.
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

    /** Takes whether there is room or not. */
    void take(long bytes) {
        used.addAndGet(bytes);
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
