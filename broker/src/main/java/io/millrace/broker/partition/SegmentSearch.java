package io.millrace.broker.partition;

import io.millrace.broker.partition.ExcerptFormat.CorruptExcerptException;
import io.millrace.broker.partition.ExcerptFormat.Entry;
import io.millrace.broker.partition.ExcerptFormat.Head;
import java.io.IOException;

/**
 * Finds places in a segment over the headers of its excerpts. It guesses from where the wanted lies
 * between the ends, since each look at another place may map another part of the file, and halves
 * after each wrong guess, so that it never takes more than twice the looks of a binary search.
 */
final class SegmentSearch {

    private final Segment segment;
    private final SegmentState state;
    private final SegmentCursor cursor;

    /** The segment's queue must be pinned. */
    SegmentSearch(Segment segment, SegmentCursor cursor) {
        this.segment = segment;
        this.state = segment.state();
        this.cursor = cursor;
    }

    /** The excerpt that holds an offset of the segment. */
    long excerptOf(long offset) throws IOException {
        return first(offset, state.baseOffset(), state.endOffset(), Key.OFFSET);
    }

    /** The offset of the first batch appended at or after a time; there must be one. */
    long offsetAt(long timestampMs) throws IOException {
        long excerpt =
                first(
                        timestampMs,
                        state.firstAppendTimeMs(),
                        state.lastAppendTimeMs() + 1,
                        Key.APPEND_TIME);
        Head found = head(excerpt);
        checkIsFirst(excerpt, found, timestampMs);
        for (Entry entry : found.entries()) {
            if (entry.appendTimeMs() >= timestampMs) {
                return entry.baseOffset();
            }
        }
        throw segment.corrupt(
                state.baseOffset(), excerpt, "its batches are older than its segment says", null);
    }

    /**
     * The index may have rotted and name the place of another excerpt, whose head is sound. Whoever
     * looks for an offset sees that it is not there; whoever looks for a time would be answered.
     */
    private void checkIsFirst(long excerpt, Head found, long timestampMs) throws IOException {
        long begin = state.baseOffset();
        if (excerpt > 0) {
            Head before = head(excerpt - 1);
            begin = before.lastAppendTimeMs() < timestampMs ? before.endOffset() : -1;
        }
        if (found.baseOffset() != begin) {
            throw segment.corrupt(
                    state.baseOffset(),
                    excerpt,
                    "the index has the excerpt of offset "
                            + found.baseOffset()
                            + " there, which does not follow the one before",
                    null);
        }
    }

    /** The first excerpt whose last key is not below the wanted one. */
    private long first(long wanted, long lowestKey, long highestKey, Key key) throws IOException {
        long low = 0;
        long high = state.excerptCount() - 1;
        long lowKey = lowestKey;
        long highKey = highestKey;
        boolean guess = true;
        while (low < high) {
            long middle = guess ? guess(wanted, low, high, lowKey, highKey) : (low + high) >>> 1;
            guess = !guess;
            Head head = head(middle);
            if (key.last(head) < wanted) {
                low = middle + 1;
                lowKey = key.last(head);
            } else if (key.isFirst(head, wanted) || middle == low) {
                return middle;
            } else {
                high = middle;
                highKey = key.first(head);
            }
        }
        return low;
    }

    private static long guess(long wanted, long low, long high, long lowKey, long highKey) {
        double share = (double) (wanted - lowKey) / Math.max(1, highKey - lowKey);
        long steps = (long) (share * (high - low + 1));
        return Math.max(low, Math.min(high, low + steps));
    }

    private Head head(long excerpt) throws IOException {
        try {
            return segment.format().decodeHead(cursor.readHead(excerpt, state));
        } catch (CorruptExcerptException e) {
            throw segment.corrupt(state.baseOffset(), excerpt, e.getMessage(), e);
        }
    }

    /** What the excerpts are sorted by. */
    private enum Key {
        OFFSET {
            @Override
            long first(Head head) {
                return head.baseOffset();
            }

            @Override
            long last(Head head) {
                return head.endOffset() - 1;
            }
        },
        APPEND_TIME {
            @Override
            long first(Head head) {
                return head.entries().get(0).appendTimeMs();
            }

            @Override
            long last(Head head) {
                return head.lastAppendTimeMs();
            }
        };

        abstract long first(Head head);

        abstract long last(Head head);

        /** No excerpt before this one can hold the wanted; many may have the same time. */
        boolean isFirst(Head head, long wanted) {
            return this == OFFSET ? first(head) <= wanted : first(head) < wanted;
        }
    }
}
