package io.millrace.client.membership;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Tells waiting threads that something has changed. Fired under any lock: it takes none but its
 * own. Waiting does not pin a virtual thread. Internal; thread-safe.
 */
public final class Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fired = lock.newCondition();
    private long count;

    /** How often it was fired; read before looking at what it tells about. */
    public long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Wakes all that wait. */
    public void fire() {
        lock.lock();
        try {
            count++;
            fired.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it was fired more often than that, or the time is over. */
    public void await(long seen, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (count == seen && left > 0) {
                left = fired.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits so long whatever is fired, unless the condition ends it early. */
    public void sleep(long nanos, BooleanSupplier over) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        long seen = count();
        while (!over.getAsBoolean() && deadline - System.nanoTime() > 0) {
            await(seen, Math.min(deadline - System.nanoTime(), TimeUnit.SECONDS.toNanos(1)));
            seen = count();
        }
    }
}
