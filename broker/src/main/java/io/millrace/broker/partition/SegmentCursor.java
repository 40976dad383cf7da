package io.millrace.broker.partition;

import io.millrace.broker.partition.ExcerptFormat.CorruptExcerptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Copies excerpts out of a segment's queue. To be used only while the queue is pinned, and only for
 * excerpts that the segment's state counts: Chronicle may know of more.
 */
final class SegmentCursor {

    private static final int ALIGNMENT = 4;

    private final SegmentQueue queue;
    private final SegmentIndex index;
    private final ExcerptTailer tailer;
    private final long maxExcerptBytes;
    private ByteBuffer places;
    private long page = -1;

    /** Where the tailer stands, behind the excerpt read last; -1: unknown. */
    private long tailerPlace = -1;

    /** The excerpt that comes next there. */
    private long tailerExcerpt;

    SegmentCursor(
            SegmentQueue queue, SegmentIndex index, ExcerptTailer tailer, long maxExcerptBytes) {
        this.queue = queue;
        this.index = index;
        this.tailer = tailer;
        this.maxExcerptBytes = maxExcerptBytes;
    }

    SegmentQueue queue() {
        return queue;
    }

    /** The whole excerpt, in a copy of its own. */
    ByteBuffer read(long excerpt, SegmentState state) throws IOException, CorruptExcerptException {
        return copy(excerpt, state, true);
    }

    /** Its header and the entries of its batches, in a copy of their own. */
    ByteBuffer readHead(long excerpt, SegmentState state)
            throws IOException, CorruptExcerptException {
        return copy(excerpt, state, false);
    }

    /** Closes the cursor; its queue may have been closed before, and has then closed it. */
    void close(long nowNanos) {
        if (queue.tryPin(nowNanos)) {
            try {
                tailer.close();
            } finally {
                queue.unpin();
            }
        }
    }

    /** Lets Chronicle go only to a place that was checked, with a length that was checked. */
    private ByteBuffer copy(long excerpt, SegmentState state, boolean whole)
            throws IOException, CorruptExcerptException {
        long place = tailerPlace;
        boolean isNext = place >= 0 && excerpt == tailerExcerpt;
        int length = isNext ? index.lengthOfNext(place, state.sizeBytes()) : SegmentIndex.NONE;
        if (length == SegmentIndex.NONE) {
            place = place(excerpt);
            length = index.lengthAt(place, state.sizeBytes());
            isNext = place == tailerPlace;
        }
        if (length > maxExcerptBytes) {
            throw new CorruptExcerptException("its length is " + length);
        }
        tailerPlace = -1;
        ByteBuffer copy = copy(excerpt, isNext, length, whole);
        long end = place + SegmentIndex.LENGTH_BYTES + length;
        tailerPlace = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        tailerExcerpt = excerpt + 1;
        return copy;
    }

    private long place(long excerpt) throws IOException, CorruptExcerptException {
        int entry = (int) (excerpt % SegmentRollCycle.INDEX_COUNT) * Long.BYTES;
        if (page != excerpt / SegmentRollCycle.INDEX_COUNT || places.getLong(entry) == 0) {
            page = excerpt / SegmentRollCycle.INDEX_COUNT;
            places = index.places(page);
        }
        return places.getLong(entry);
    }

    private ByteBuffer copy(long excerpt, boolean isNext, int length, boolean whole)
            throws CorruptExcerptException {
        try {
            if (!isNext && !tailer.moveToIndex(excerpt)) {
                throw new CorruptExcerptException("the queue does not find it");
            }
            try (DocumentContext context = tailer.readingDocument()) {
                if (!context.isPresent()) {
                    throw new CorruptExcerptException("the queue ends before it");
                }
                Bytes<?> bytes = context.wire().bytes();
                if (bytes.readRemaining() != length) {
                    throw new CorruptExcerptException("its length is " + bytes.readRemaining());
                }
                if (whole) {
                    return copy(bytes, length);
                }
                ByteBuffer header = copy(bytes, Math.min(length, ExcerptFormat.HEADER_BYTES));
                return copy(bytes, Math.min(length, ExcerptFormat.headBytes(header)));
            }
        } catch (CorruptExcerptException e) {
            throw e;
        } catch (Exception | AssertionError | InternalError e) {
            // Chronicle throws checked exceptions without saying so.
            CorruptExcerptException corrupt =
                    new CorruptExcerptException("the queue cannot read it: " + e);
            corrupt.initCause(e);
            throw corrupt;
        }
    }

    private static ByteBuffer copy(Bytes<?> bytes, int length) {
        byte[] copy = new byte[length];
        bytes.read(bytes.readPosition(), copy, 0, length);
        return ByteBuffer.wrap(copy);
    }
}
