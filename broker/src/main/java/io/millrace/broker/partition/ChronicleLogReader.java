package io.millrace.broker.partition;

import io.millrace.broker.partition.ExcerptFormat.CorruptExcerptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.LongSupplier;

/**
 * Reads a log segment by segment. The segment is pinned only during a call; a cursor whose queue
 * was closed between two calls is made anew. Holds the rest of one excerpt at most.
 */
final class ChronicleLogReader implements LogReader {

    private final ChroniclePartitionLog log;
    private final OpenSegments open;
    private final LongSupplier nanoTime;
    private final Queue<StoredBatch> pending = new ArrayDeque<>();
    private long position;
    private Segment segment;
    private SegmentCursor cursor;
    private long nextExcerpt;
    private boolean sequential;
    private boolean closed;

    ChronicleLogReader(
            ChroniclePartitionLog log, OpenSegments open, LongSupplier nanoTime, long position) {
        this.log = log;
        this.open = open;
        this.nanoTime = nanoTime;
        this.position = position;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public List<StoredBatch> read(int maxBytes) throws IOException {
        if (closed) {
            throw new IllegalStateException("the reader is closed");
        }
        List<StoredBatch> batches = new ArrayList<>();
        long bytes = 0;
        while (true) {
            if (position < log.startOffset()) {
                if (batches.isEmpty()) {
                    throw log.trimmed(position);
                }
                return batches;
            }
            for (StoredBatch batch = pending.peek(); batch != null; batch = pending.peek()) {
                int length = batch.batch().remaining();
                if (!batches.isEmpty() && bytes + length > maxBytes) {
                    return batches;
                }
                batches.add(pending.remove());
                bytes += length;
                position = batch.endOffset();
            }
            if (bytes >= maxBytes || position >= log.endOffset()) {
                return batches;
            }
            try {
                readExcerpt();
            } catch (MissingException | CorruptLogException e) {
                segment = null;
                if (batches.isEmpty()) {
                    throw e;
                }
                return batches;
            }
        }
    }

    /** Puts the batches of the next excerpt from the position on into the queue. */
    private void readExcerpt() throws IOException {
        SegmentQueue queue = pin();
        try {
            if (cursor == null || cursor.queue() != queue) {
                cursor = segment.newCursor(queue);
            }
            if (!sequential) {
                nextExcerpt = new SegmentSearch(segment, cursor).excerptOf(position);
            }
            take(decode());
        } finally {
            queue.unpin();
        }
    }

    /** Opens the segment with the position. */
    private SegmentQueue pin() throws IOException {
        while (true) {
            if (segment == null || !segment.contains(position)) {
                find();
            }
            try {
                return open.pin(segment);
            } catch (IOException e) {
                if (position < log.startOffset()) {
                    throw log.trimmed(position);
                }
                if (!(e instanceof TrimmedException)) {
                    throw e;
                }
                // It was lost, and something else is in its place now.
                segment = null;
            }
        }
    }

    private void find() throws IOException {
        closeCursor();
        sequential = false;
        LogView view = log.view();
        segment = view.find(position);
        if (segment != null) {
            return;
        }
        if (position < log.startOffset()) {
            throw log.trimmed(position);
        }
        OffsetRange hole = view.holes().at(position);
        if (hole != null) {
            throw new MissingException(log.partitionId(), hole);
        }
        throw new CorruptLogException(
                "partition " + log.partitionId() + " has no segment with offset " + position);
    }

    private List<StoredBatch> decode() throws IOException {
        try {
            ByteBuffer excerpt = cursor.read(nextExcerpt, segment.state());
            return segment.format().decode(excerpt);
        } catch (CorruptExcerptException e) {
            sequential = false;
            throw segment.corrupt(position, nextExcerpt, e.getMessage(), e);
        }
    }

    private void take(List<StoredBatch> batches) throws CorruptLogException {
        long base = batches.get(0).baseOffset();
        long end = batches.get(batches.size() - 1).endOffset();
        boolean fits = sequential ? base == position : base <= position && position < end;
        if (!fits) {
            sequential = false;
            throw segment.corrupt(
                    position, nextExcerpt, "it holds the offsets " + base + " to " + end, null);
        }
        for (StoredBatch batch : batches) {
            if (batch.endOffset() > position) {
                pending.add(batch);
            }
        }
        nextExcerpt++;
        sequential = true;
    }

    @Override
    public void seek(long offset) {
        log.checkOffset(offset);
        position = offset;
        pending.clear();
        sequential = false;
    }

    private void closeCursor() {
        if (cursor != null) {
            cursor.close(nanoTime.getAsLong());
            cursor = null;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pending.clear();
            closeCursor();
        }
    }
}
