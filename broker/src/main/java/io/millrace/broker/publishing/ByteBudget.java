package io.millrace.broker.publishing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/**
 * How many bytes of batches may be under way at a time, for all publishers together. Who finds no
 * room waits in line: first come, first served. Thread-safe; no method blocks.
 */
public final class ByteBudget {

    private final long limit;
    private final Executor executor;
    private final Deque<Waiter> line = new ArrayDeque<>();
    private long used;

    /**
     * @param limit bytes
     * @param executor runs what was granted after a wait, so that no caller's lock is held then
     */
    public ByteBudget(long limit, Executor executor) {
        if (limit < 1) {
            throw new IllegalArgumentException("a budget needs at least 1 byte, got " + limit);
        }
        this.limit = limit;
        this.executor = executor;
    }

    /**
     * Takes bytes, or stands in line for them. Something larger than the whole budget gets through
     * alone.
     *
     * @param granted called once, on the executor, if this returned a waiter
     * @return null if the bytes were there at once
     */
    public Waiter acquire(int bytes, Runnable granted) {
        synchronized (line) {
            if (line.isEmpty() && fits(bytes)) {
                used += bytes;
                return null;
            }
            Waiter waiter = new Waiter(bytes, granted);
            line.add(waiter);
            return waiter;
        }
    }

    /** Gives bytes back. */
    public void release(int bytes) {
        synchronized (line) {
            used -= bytes;
            serve();
        }
    }

    /** Leaves the line. False if the bytes were granted already; they must be released then. */
    public boolean abandon(Waiter waiter) {
        synchronized (line) {
            boolean left = line.remove(waiter);
            if (left) {
                serve();
            }
            return left;
        }
    }

    private void serve() {
        while (!line.isEmpty() && fits(line.peek().bytes)) {
            Waiter waiter = line.poll();
            used += waiter.bytes;
            executor.execute(waiter.granted);
        }
    }

    private boolean fits(int bytes) {
        return used == 0 || used + bytes <= limit;
    }

    /** Bytes under way. */
    public long used() {
        synchronized (line) {
            return used;
        }
    }

    /** A place in the line. */
    public static final class Waiter {

        private final int bytes;
        private final Runnable granted;

        private Waiter(int bytes, Runnable granted) {
            this.bytes = bytes;
            this.granted = granted;
        }
    }
}
