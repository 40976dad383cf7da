package io.millrace.client.publish;

import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The batches of one partition that have not been sent yet: closed ones, and the open one that
 * takes records. Callers append, the sender takes. Thread-safe.
 */
final class PartitionQueue {
    /** What became of a record that was to be appended. */
    static final class Appended {
        private final CompletableFuture<PublishedRecord> future;
        private final boolean wakeSender;
        private final PendingBatch closed;

        private Appended(
                CompletableFuture<PublishedRecord> future,
                boolean wakeSender,
                PendingBatch closed) {
            this.future = future;
            this.wakeSender = wakeSender;
            this.closed = closed;
        }

        /** The record's future; null if it was not appended. */
        CompletableFuture<PublishedRecord> future() {
            return future;
        }

        /** Whether there is something new for the sender: a batch was begun or closed. */
        boolean wakeSender() {
            return wakeSender;
        }

        /** The batch that was full before this record, to be encoded; null: none. */
        PendingBatch closed() {
            return closed;
        }
    }

    private final Deque<PendingBatch> closed = new ArrayDeque<>();
    private PendingBatch open;
    private MillraceException end;
    private long waitingBytes;
    private int lastBytes;

    /**
     * Appends a record to the open batch, or begins another.
     *
     * @param mayBegin whether a new batch may be begun; when one is needed and it may not, the
     *     record is not appended: the future is null
     * @throws MillraceException if the queue was ended
     */
    synchronized Appended append(
            Record record, long reserved, int batchBytes, long nowNanos, boolean mayBegin) {
        if (end != null) {
            throw end;
        }
        PendingBatch full = null;
        boolean fits =
                open != null
                        && open.sizeInBytes() + RecordBatchBuilder.maxBytesOf(record) <= batchBytes;
        if (!fits) {
            full = open;
            closeOpen();
            if (!mayBegin) {
                return new Appended(null, full != null, full);
            }
            open = new PendingBatch(nowNanos, expectedBytes(batchBytes));
        }
        CompletableFuture<PublishedRecord> future = open.append(record, reserved);
        waitingBytes += reserved;
        return new Appended(future, !fits, full);
    }

    /** The next batch is often about as large as the one before. */
    private int expectedBytes(int batchBytes) {
        return (int) Math.min(batchBytes, lastBytes + lastBytes / 4L);
    }

    /** Closes the open batch, so that it is sent without waiting for more. */
    synchronized void closeOpen() {
        if (open != null) {
            lastBytes = open.sizeInBytes();
            closed.add(open);
            open = null;
        }
    }

    /** Takes the next batch that is closed or has lingered long enough; null: none. */
    synchronized PendingBatch poll(long nowNanos, long lingerNanos) {
        if (closed.isEmpty() && open != null && nowNanos - open.createdNanos() >= lingerNanos) {
            closeOpen();
        }
        return take();
    }

    /** Takes the next batch if its records have waited too long; null: none. */
    synchronized PendingBatch pollExpired(long nowNanos, long deadlineNanos) {
        PendingBatch first = closed.isEmpty() ? open : closed.peek();
        if (first == null || nowNanos - first.createdNanos() < deadlineNanos) {
            return null;
        }
        if (closed.isEmpty()) {
            closeOpen();
        }
        return take();
    }

    /** When the first of its batches was begun; null: there is none. */
    synchronized Long oldestNanos() {
        PendingBatch first = closed.isEmpty() ? open : closed.peek();
        return first == null ? null : first.createdNanos();
    }

    /** Whether a batch is ready before its linger time is over. */
    synchronized boolean hasClosed() {
        return !closed.isEmpty();
    }

    /** What its records hold of the publisher's memory. */
    synchronized long waitingBytes() {
        return waitingBytes;
    }

    /** All that wait now; they stay. */
    synchronized List<PendingBatch> batches() {
        List<PendingBatch> all = new ArrayList<>(closed);
        if (open != null) {
            all.add(open);
        }
        return all;
    }

    /** Takes no more records: each gets this failure. What waits stays to be taken. */
    synchronized void end(MillraceException why) {
        end = why;
        closeOpen();
    }

    private PendingBatch take() {
        PendingBatch batch = closed.poll();
        if (batch != null) {
            waitingBytes -= batch.reservedBytes();
        }
        return batch;
    }
}
