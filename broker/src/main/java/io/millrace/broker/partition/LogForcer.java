package io.millrace.broker.partition;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forces dirty files in the background, the one with the oldest unforced write first, at a bounded
 * rate, so that a checkpoint finds little left to force. Sealed segments go first and at once.
 *
 * <p>An error is remembered and thrown by every later call: what a failed force left behind cannot
 * be known, so it is never tried again. Thread-safe.
 */
final class LogForcer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogForcer.class);

    private static final long HOUSEKEEPING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long ageNanos;
    private final long paceNanos;
    private final int maxDirty;
    private final LongSupplier nanoTime;
    private final Housekeeping housekeeping;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<SegmentFile> dirty = new LinkedHashSet<>();
    private final Queue<SegmentFile> sealed = new ArrayDeque<>();
    private volatile boolean stopped;
    private volatile Throwable failure;

    /** What is to be done every second or so. */
    interface Housekeeping {
        void run(long nowNanos) throws IOException;
    }

    /**
     * @param maxDirty with more dirty files than this the rate does not count, with twice as many
     *     the appending threads force themselves
     */
    LogForcer(
            StoreSettings settings,
            int maxDirty,
            LongSupplier nanoTime,
            Housekeeping housekeeping) {
        this.ageNanos = TimeUnit.MILLISECONDS.toNanos(settings.forceAgeMs());
        this.paceNanos = TimeUnit.SECONDS.toNanos(1) / settings.forcesPerSecond();
        this.maxDirty = maxDirty;
        this.nanoTime = nanoTime;
        this.housekeeping = housekeeping;
        this.thread = new Thread(this::run, "partition-log-forcer");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** A file has become dirty. */
    void add(SegmentFile file) throws IOException {
        SegmentFile oldest = null;
        lock.lock();
        try {
            dirty.add(file);
            if (dirty.size() > 2 * maxDirty) {
                oldest = dirty.iterator().next();
            }
            if (dirty.size() == 1 || dirty.size() > maxDirty) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
        if (oldest != null) {
            force(oldest);
        }
    }

    /** A segment is sealed: its file is to be forced now, and closed. */
    void addSealed(SegmentFile file) {
        lock.lock();
        try {
            if (file.isDirty()) {
                sealed.add(file);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forces a file on the calling thread, if it is dirty.
     *
     * @return false if the file was discarded with something left to force
     */
    boolean force(SegmentFile file) throws IOException {
        check();
        try {
            boolean forced = file.force(nanoTime.getAsLong());
            settled(file);
            return forced;
        } catch (IOException | RuntimeException | Error e) {
            throw fail(e);
        }
    }

    /** Remembers that the disk has failed; the store is not to be used any more. */
    IOException fail(Throwable cause) {
        lock.lock();
        try {
            if (failure == null && !stopped) {
                failure = cause;
                LOG.error("A partition log's disk failed; the broker must stop", cause);
            }
        } finally {
            lock.unlock();
        }
        return new IOException("a partition log's disk failed; the broker must stop", cause);
    }

    /** Throws what has failed, if anything has, or if the store is closed. */
    void check() throws IOException {
        Throwable cause = failure;
        if (cause != null) {
            throw new IOException("a partition log's disk failed; the broker must stop", cause);
        }
        if (stopped) {
            throw new IOException("the partition logs are closed");
        }
    }

    int dirtyFiles() {
        lock.lock();
        try {
            return dirty.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a file out of the queue if it is clean, or puts it at its end. */
    private void settled(SegmentFile file) throws IOException {
        lock.lock();
        try {
            dirty.remove(file);
            if (file.isDirty()) {
                dirty.add(file);
            }
        } finally {
            lock.unlock();
        }
        file.closeIfUnused();
    }

    private void run() {
        long nextForce = nanoTime.getAsLong();
        long nextHousekeeping = nextForce + HOUSEKEEPING_NANOS;
        try {
            while (true) {
                SegmentFile file = next(nextForce, nextHousekeeping);
                if (stopped) {
                    return;
                }
                if (file != null) {
                    force(file);
                    nextForce = nanoTime.getAsLong() + paceNanos;
                }
                if (nanoTime.getAsLong() - nextHousekeeping >= 0) {
                    housekeeping.run(nanoTime.getAsLong());
                    nextHousekeeping = nanoTime.getAsLong() + HOUSEKEEPING_NANOS;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException | Error e) {
            // What force() throws has been remembered, or comes of close().
            fail(e);
        }
    }

    /** Waits for a file that is due; null if there is none until the next housekeeping. */
    private SegmentFile next(long nextForce, long nextHousekeeping) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!stopped) {
                SegmentFile first = sealed.poll();
                if (first != null) {
                    return first;
                }
                long now = nanoTime.getAsLong();
                long wait = nextHousekeeping - now;
                Iterator<SegmentFile> oldest = dirty.iterator();
                if (oldest.hasNext()) {
                    SegmentFile file = oldest.next();
                    long due = Math.max(file.dirtySince() + ageNanos - now, nextForce - now);
                    if (due <= 0 || dirty.size() > maxDirty) {
                        return file;
                    }
                    wait = Math.min(wait, due);
                }
                if (wait <= 0) {
                    return null;
                }
                changed.awaitNanos(wait);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Stops the thread after the force that is under way, if there is one. */
    @Override
    public void close() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
