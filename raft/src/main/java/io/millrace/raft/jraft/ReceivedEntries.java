package io.millrace.raft.jraft;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The entries that a replica has from its leader and that are not both durable and applied yet:
 * jraft keeps them in memory until they are. All replicas of a broker share one bound, or a broker
 * whose disk hangs, or whose write-ahead log waits for space, fills its heap with what others send.
 * Thread-safe.
 */
final class ReceivedEntries {

    private final MemoryBudget budget;
    private final LongSupplier settledIndex;
    private final BooleanSupplier news;
    private final Runnable refused;

    private volatile boolean journalFull;

    /** By index. */
    private final Deque<Batch> batches = new ArrayDeque<>();

    private record Batch(long lastIndex, long bytes) {}

    /**
     * @param settledIndex the last index that is durable here and applied
     * @param news whether anything was applied after the newest checkpoint
     * @param refused hears of each time that entries were not taken; must not block
     */
    ReceivedEntries(
            MemoryBudget budget,
            LongSupplier settledIndex,
            BooleanSupplier news,
            Runnable refused) {
        this.budget = budget;
        this.settledIndex = settledIndex;
        this.news = news;
        this.refused = refused;
    }

    /**
     * Takes entries in. A replica that holds none finds room always, so that each one goes on
     * however much others hold. While the journal is full, only one that has nothing new to
     * checkpoint does: without something new, no checkpoint of it would free any of the journal.
     *
     * @param previousIndex the index before the first; what came behind it earlier is superseded
     * @return false if there is no room; the leader is to send them again later
     */
    synchronized boolean tryAdd(long previousIndex, int entries, long bytes) {
        cutAfter(previousIndex);
        settle();
        if (journalFull && (!batches.isEmpty() || news.getAsBoolean()) || !taken(bytes)) {
            refused.run();
            return false;
        }
        batches.addLast(new Batch(previousIndex + entries, bytes));
        return true;
    }

    private boolean taken(long bytes) {
        if (batches.isEmpty()) {
            budget.take(bytes);
            return true;
        }
        return budget.tryTake(bytes);
    }

    /**
     * Whether the journal has only room left for what was taken in already. The thread of jraft
     * that appends also tells what is not needed any more, so it must never wait for long.
     */
    void journalIsFull(boolean full) {
        journalFull = full;
    }

    /** Forgets the entries behind an index: they were not taken after all, or are superseded. */
    synchronized void cutAfter(long index) {
        while (!batches.isEmpty() && batches.peekLast().lastIndex() > index) {
            budget.give(batches.removeLast().bytes());
        }
    }

    /** Forgets what is durable and applied. To be called now and then, for nothing else tells. */
    synchronized void settle() {
        long settled = settledIndex.getAsLong();
        while (!batches.isEmpty() && batches.peekFirst().lastIndex() <= settled) {
            budget.give(batches.removeFirst().bytes());
        }
    }
}
