package io.millrace.broker.partition;

import io.millrace.broker.partition.ExcerptFormat.CorruptExcerptException;
import java.nio.ByteBuffer;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Copies excerpts out of a segment's queue. To be used only while the queue is pinned, and only for
 * excerpts that the segment's state counts: Chronicle may know of more.
 */
final class SegmentCursor {

    private final SegmentQueue queue;
    private final ExcerptTailer tailer;
    private final long maxExcerptBytes;
    private long next = -1;

    SegmentCursor(SegmentQueue queue, ExcerptTailer tailer, long maxExcerptBytes) {
        this.queue = queue;
        this.tailer = tailer;
        this.maxExcerptBytes = maxExcerptBytes;
    }

    SegmentQueue queue() {
        return queue;
    }

    /** The whole excerpt, in a copy of its own. */
    ByteBuffer read(long excerpt) throws CorruptExcerptException {
        return copy(excerpt, true);
    }

    /** Its header and the entries of its batches, in a copy of their own. */
    ByteBuffer readHead(long excerpt) throws CorruptExcerptException {
        return copy(excerpt, false);
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

    private ByteBuffer copy(long excerpt, boolean whole) throws CorruptExcerptException {
        try {
            if (next != excerpt && !tailer.moveToIndex(excerpt)) {
                throw new CorruptExcerptException("the queue does not find it");
            }
            next = -1;
            ByteBuffer copy;
            try (DocumentContext context = tailer.readingDocument()) {
                if (!context.isPresent()) {
                    throw new CorruptExcerptException("the queue ends before it");
                }
                copy = copy(context.wire().bytes(), whole);
            }
            next = excerpt + 1;
            return copy;
        } catch (CorruptExcerptException e) {
            throw e;
        } catch (Exception | AssertionError | InternalError e) {
            // Chronicle trusts its headers; damaged ones lead it astray in many ways, and it throws
            // checked exceptions without saying so.
            next = -1;
            CorruptExcerptException corrupt =
                    new CorruptExcerptException("the queue cannot read it: " + e);
            corrupt.initCause(e);
            throw corrupt;
        }
    }

    private ByteBuffer copy(Bytes<?> bytes, boolean whole) throws CorruptExcerptException {
        long length = bytes.readRemaining();
        if (length > maxExcerptBytes) {
            throw new CorruptExcerptException("its length is " + length);
        }
        if (whole) {
            return copy(bytes, (int) length);
        }
        ByteBuffer header = copy(bytes, (int) Math.min(length, ExcerptFormat.HEADER_BYTES));
        int head = (int) Math.min(length, ExcerptFormat.headBytes(header));
        return copy(bytes, head);
    }

    private static ByteBuffer copy(Bytes<?> bytes, int length) {
        byte[] copy = new byte[length];
        bytes.read(bytes.readPosition(), copy, 0, length);
        return ByteBuffer.wrap(copy);
    }
}
