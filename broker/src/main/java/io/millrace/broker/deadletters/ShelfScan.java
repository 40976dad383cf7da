package io.millrace.broker.deadletters;

import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.protocol.batch.CorruptBatchException;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Reads what is not settled of a dead-letter topic's partition. Blocks on the disk. Confined to one
 * thread at a time; its bounds hold for its whole life.
 */
final class ShelfScan {

    /** So many records are looked at. */
    static final int MAX_RECORDS = 50_000;

    /** So many bytes are read, and a batch more. */
    static final long MAX_BYTES = 256L << 20;

    private static final int READ_BYTES = 1 << 20;

    private final Shelf shelf;
    private final QueueProgress progress;
    private final int readBytes;
    private int recordsLeft = MAX_RECORDS;
    private long bytesLeft = MAX_BYTES;

    private ShelfScan(Shelf shelf, QueueProgress progress, int readBytes) {
        this.shelf = shelf;
        this.progress = progress;
        this.readBytes = readBytes;
    }

    /** For all there is. */
    static ShelfScan through(Shelf shelf, QueueProgress progress) {
        return new ShelfScan(shelf, progress, READ_BYTES);
    }

    /** For a record here and there: no batch is read ahead. */
    static ShelfScan picking(Shelf shelf, QueueProgress progress) {
        return new ShelfScan(shelf, progress, 1);
    }

    /** Takes records that are not settled, by rising offset. */
    @FunctionalInterface
    interface Visitor {

        /**
         * @param copy empty: the record is not a dead letter
         * @return false: enough, this one is to be shown again
         */
        boolean visit(long offset, Optional<DeadLetterCopy> copy);
    }

    /**
     * Shows what is not settled of a range.
     *
     * @param to at most the log end
     * @return {@code to}, or the first offset that was not shown because the visitor had enough or
     *     the bounds are reached
     * @throws MillraceException if the log cannot be read here
     */
    long visit(long from, long to, Visitor visitor) {
        long next = Shelf.nextOpen(progress, Math.max(from, shelf.log().startOffset()));
        if (next >= to) {
            return to;
        }
        try (LogReader reader = shelf.log().reader(next)) {
            while (next < to) {
                if (recordsLeft <= 0 || bytesLeft <= 0) {
                    return next;
                }
                if (reader.position() != next) {
                    reader.seek(next);
                }
                List<StoredBatch> batches;
                try {
                    batches = reader.read(readBytes);
                } catch (LogReader.TrimmedException e) {
                    next = Shelf.nextOpen(progress, logStart());
                    continue;
                }
                if (batches.isEmpty()) {
                    return Math.min(next, to);
                }
                for (StoredBatch batch : batches) {
                    bytesLeft -= batch.batch().remaining();
                    long stopped = visit(batch, next, to, visitor);
                    if (stopped >= 0) {
                        return stopped;
                    }
                    next = Math.max(next, Shelf.nextOpen(progress, batch.endOffset()));
                }
            }
            return to;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The first offset not shown if it is to stop; else -1. */
    private long visit(StoredBatch batch, long from, long to, Visitor visitor) {
        if (batch.endOffset() <= from) {
            return -1;
        }
        long offset = batch.baseOffset();
        try {
            for (Record record : RecordBatch.trusted(batch.batch())) {
                if (offset >= to) {
                    return to;
                }
                if (offset >= from && Shelf.nextOpen(progress, offset) == offset) {
                    if (recordsLeft <= 0 || !visitor.visit(offset, DeadLetterCopy.read(record))) {
                        return offset;
                    }
                    recordsLeft--;
                }
                offset++;
            }
        } catch (CorruptBatchException e) {
            throw MillraceException.of(
                    ErrorCode.CORRUPT_LOG,
                    "the batch at offset %d of %s/%d cannot be read: %s"
                            .formatted(
                                    batch.baseOffset(),
                                    shelf.topic(),
                                    shelf.number(),
                                    e.getMessage()),
                    e);
        }
        return -1;
    }

    private long logStart() {
        PartitionLog log = shelf.log();
        long start = log.startOffset();
        if (!shelf.view().exists()) {
            throw shelf.deleted();
        }
        return start;
    }

    private MillraceException unreadable(IOException e) {
        String message = "%s/%d cannot be read: %s";
        boolean missing = e instanceof LogReader.MissingException;
        if (e instanceof LogReader.CorruptLogException corrupt) {
            missing = shelf.shard().view().corruptionFound(shelf.view().partitionId(), corrupt);
        }
        return MillraceException.of(
                missing ? ErrorCode.BEHIND : ErrorCode.CORRUPT_LOG,
                message.formatted(shelf.topic(), shelf.number(), e.getMessage()),
                e);
    }
}
