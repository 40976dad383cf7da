package io.millrace.broker.partition;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Keeps a bounded number of segments open, the most recently used ones. A segment is open while it
 * is pinned, so there are more of them only while that many threads are inside a call.
 *
 * <p>Thread-safe. Opening takes milliseconds and blocks only those who want the same segment.
 */
final class OpenSegments {

    private final int max;
    private final LongSupplier nanoTime;
    private final Map<SegmentQueue, Segment> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    OpenSegments(int max, LongSupplier nanoTime) {
        this.max = max;
        this.nanoTime = nanoTime;
    }

    /**
     * Opens the segment if need be. It stays open until the queue is unpinned.
     *
     * @throws LogReader.TrimmedException if the segment has been dropped
     */
    SegmentQueue pin(Segment segment) throws IOException {
        SegmentQueue queue = segment.queue();
        if (queue != null && queue.tryPin(nanoTime.getAsLong())) {
            return queue;
        }
        makeRoom();
        synchronized (segment) {
            queue = segment.queue();
            if (queue != null) {
                if (queue.tryPin(nanoTime.getAsLong())) {
                    return queue;
                }
                queue.awaitClosed();
            }
            if (closed) {
                throw new IOException("the partition logs are closed");
            }
            try {
                queue = segment.openQueue();
            } catch (IOException e) {
                throw e;
            } catch (Exception | AssertionError | InternalError e) {
                // Chronicle throws checked exceptions without saying so.
                throw new IOException(segment + " cannot be opened: " + e, e);
            }
            queue.tryPin(nanoTime.getAsLong());
            segment.file().inUse(true);
            open.put(queue, segment);
            return queue;
        }
    }

    /**
     * The offset of the segment's first batch appended at or after a time; there must be one.
     *
     * @throws LogReader.TrimmedException if the segment has been dropped
     */
    long offsetAt(Segment segment, long timestampMs) throws IOException {
        SegmentQueue queue = pin(segment);
        try {
            SegmentCursor cursor = segment.newCursor(queue);
            try {
                return new SegmentSearch(segment, cursor).offsetAt(timestampMs);
            } finally {
                cursor.close(nanoTime.getAsLong());
            }
        } finally {
            queue.unpin();
        }
    }

    int size() {
        return open.size();
    }

    /** Closes a segment that is never opened again; false if somebody still reads it. */
    boolean close(Segment segment) throws IOException {
        segment.abandon();
        SegmentQueue queue = segment.queue();
        return queue == null || close(queue, segment);
    }

    /** Closes what was not used since a time. */
    void closeIdle(long beforeNanos) throws IOException {
        for (Map.Entry<SegmentQueue, Segment> entry : open.entrySet()) {
            if (entry.getKey().lastUsed() - beforeNanos < 0) {
                close(entry.getKey(), entry.getValue());
            }
        }
    }

    /**
     * Closes all; none is opened from now on.
     *
     * @return false if some are still in use after the time
     */
    boolean closeAll(long timeoutNanos) throws IOException {
        closed = true;
        long deadline = nanoTime.getAsLong() + timeoutNanos;
        while (true) {
            for (Map.Entry<SegmentQueue, Segment> entry : open.entrySet()) {
                close(entry.getKey(), entry.getValue());
            }
            if (open.isEmpty() || nanoTime.getAsLong() - deadline >= 0) {
                return open.isEmpty();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private void makeRoom() throws IOException {
        while (open.size() >= max) {
            SegmentQueue oldest = null;
            for (SegmentQueue queue : open.keySet()) {
                if (!queue.pinned()
                        && (oldest == null || queue.lastUsed() - oldest.lastUsed() < 0)) {
                    oldest = queue;
                }
            }
            if (oldest == null) {
                return;
            }
            Segment segment = open.get(oldest);
            if (segment != null) {
                close(oldest, segment);
            }
        }
    }

    private boolean close(SegmentQueue queue, Segment segment) throws IOException {
        if (!queue.tryClose()) {
            return false;
        }
        open.remove(queue);
        segment.closed(queue);
        segment.file().inUse(false);
        return true;
    }
}
