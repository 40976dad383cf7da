package io.millrace.client.publish;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The bytes that may wait for their answer. Who finds too few of them waits. Thread-safe. */
final class MemoryBudget {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final long capacity;
    private long free;
    private int waiting;

    MemoryBudget(long capacity) {
        this.capacity = capacity;
        this.free = capacity;
    }

    long capacity() {
        return capacity;
    }

    /** Takes bytes if there are enough now. */
    boolean tryTake(long bytes) {
        lock.lock();
        try {
            // Those who wait come first, or large records would wait for ever.
            if (waiting > 0 || free < bytes) {
                return false;
            }
            free -= bytes;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes bytes, waiting for them.
     *
     * @return false if there were not enough in time
     */
    boolean take(long bytes, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        lock.lockInterruptibly();
        try {
            waiting++;
            try {
                while (free < bytes) {
                    if (left <= 0) {
                        return false;
                    }
                    left = freed.awaitNanos(left);
                }
                free -= bytes;
                return true;
            } finally {
                waiting--;
            }
        } finally {
            lock.unlock();
        }
    }

    void release(long bytes) {
        lock.lock();
        try {
            free += bytes;
            if (waiting > 0) {
                freed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody waits: open batches are then sent without waiting for more records. */
    boolean isShort() {
        lock.lock();
        try {
            return waiting > 0;
        } finally {
            lock.unlock();
        }
    }
}
