package io.millrace.raft.wal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What waits for the writer, of all shards, bounded in bytes. Thread-safe. */
final class WalQueue {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();
    private final Deque<WalRequest> requests = new ArrayDeque<>();
    private final long maxBytes;
    private long bytes;
    private WalFailedException closed;

    WalQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Adds a request; waits, whatever interrupts, while the queue is full. A request larger than
     * the queue is taken when the queue is empty.
     *
     * @throws WalFailedException if the log has failed or is closed
     */
    void put(WalRequest request) {
        lock.lock();
        try {
            while (closed == null && bytes > 0 && bytes + request.bytes() > maxBytes) {
                notFull.awaitUninterruptibly();
            }
            if (closed != null) {
                throw new WalFailedException(closed.getMessage(), closed);
            }
            requests.add(request);
            bytes += request.bytes();
            notEmpty.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The next request, or null if none came in time or the queue is closed and empty. */
    WalRequest take(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (requests.isEmpty() && closed == null && left > 0) {
                left = notEmpty.awaitNanos(left);
            }
            return remove();
        } finally {
            lock.unlock();
        }
    }

    /** The next request, or null if none waits. */
    WalRequest poll() {
        lock.lock();
        try {
            return remove();
        } finally {
            lock.unlock();
        }
    }

    private WalRequest remove() {
        WalRequest request = requests.poll();
        if (request != null) {
            bytes -= request.bytes();
            notFull.signalAll();
        }
        return request;
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed != null;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more requests; those that wait may still be taken out. */
    void close(WalFailedException reason) {
        lock.lock();
        try {
            if (closed == null) {
                closed = reason;
            }
            notEmpty.signalAll();
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
