package io.millrace.broker.partition;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all logs of a broker together may hold in memory of the batches appended last, for those who
 * follow them near their ends. The oldest go first, by bytes and after a second or two: nothing is
 * held of a log that is idle. Thread-safe; never blocks for long.
 */
public final class RecentMemory {

    /** Who follows takes a batch within milliseconds, or is behind and reads the log. */
    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Held(RecentBatches log, long baseOffset, long bytes, long sinceNanos) {}

    private final long maxBytes;
    private final LongAdder fromMemory = new LongAdder();
    private final LongAdder fromLog = new LongAdder();
    private final Queue<Held> held = new ArrayDeque<>();
    private long bytes;

    /**
     * @param maxBytes the heap that batches may take; 0: none is held
     */
    public RecentMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The heap that batches may take. */
    public long maxBytes() {
        return maxBytes;
    }

    /** The heap that batches take now. */
    public synchronized long bytes() {
        return bytes;
    }

    /** How many batches those who follow logs have taken from memory. */
    public long batchesFromMemory() {
        return fromMemory.sum();
    }

    /** How many batches those who follow logs had to read from the logs. */
    public long batchesFromLog() {
        return fromLog.sum();
    }

    void takenFromMemory(int batches) {
        fromMemory.add(batches);
    }

    void readFromLog(int batches) {
        fromLog.add(batches);
    }

    /** Takes account of what a log has begun to hold; lets go of the oldest if it is too much. */
    synchronized void hold(RecentBatches log, long baseOffset, long addedBytes, long nowNanos) {
        held.add(new Held(log, baseOffset, addedBytes, nowNanos));
        bytes += addedBytes;
        while (bytes > maxBytes) {
            letGoOfOldest();
        }
    }

    /** Lets go of what is too old. */
    synchronized void expire(long nowNanos) {
        while (!held.isEmpty() && nowNanos - held.peek().sinceNanos() > MAX_AGE_NANOS) {
            letGoOfOldest();
        }
    }

    private void letGoOfOldest() {
        Held oldest = held.remove();
        bytes -= oldest.bytes();
        oldest.log().forget(oldest.baseOffset());
    }
}
