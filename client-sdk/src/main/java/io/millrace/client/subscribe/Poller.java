package io.millrace.client.subscribe;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Takes what the cursors hold and makes records of it. For one thread at a time. */
final class Poller {
    /** A batch to read from, or a gap that is stepped over. */
    private record Next(BatchReader reader, Gap gap) {}

    private final SubscriberOptions options;
    private final Following following;
    private final List<Cursor> inTurn;
    private BatchReader reader;
    private int turn;

    /**
     * @param inTurn all cursors, in the order of their turns
     */
    Poller(SubscriberOptions options, Following following, List<Cursor> inTurn) {
        this.options = options;
        this.following = following;
        this.inTurn = inTurn;
    }

    /** As {@link Subscriber#poll}. */
    List<ReceivedRecord> poll(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        List<ReceivedRecord> records = new ArrayList<>();
        while (records.size() < options.maxPollRecords()) {
            Next next = records.isEmpty() ? await(deadline) : next(false);
            if (next == null) {
                break;
            }
            if (next.gap() != null) {
                options.onGap().accept(next.gap());
            } else {
                read(next.reader(), records);
            }
        }
        return records;
    }

    /** What comes next; null: nothing in time. */
    private Next await(long deadline) {
        synchronized (following) {
            while (!following.isClosed()) {
                Next next = next(true);
                long left = deadline - System.nanoTime();
                if (next != null || left <= 0) {
                    return next;
                }
                try {
                    following.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return null;
                }
            }
            return null;
        }
    }

    private Next next(boolean mayFail) {
        synchronized (following) {
            if (reader != null && reader.isCurrent() && reader.hasNext()) {
                return new Next(reader, null);
            }
            reader = null;
            for (Cursor cursor = nextCursor(); cursor != null; cursor = nextCursor()) {
                if (cursor.peek() instanceof Fetched.Filtered filtered) {
                    cursor.take();
                    cursor.passedOver(filtered.toOffset());
                } else {
                    return take(cursor, mayFail);
                }
            }
            if (mayFail && following.failure() != null) {
                throw following.failure();
            }
            return null;
        }
    }

    private Next take(Cursor cursor, boolean mayFail) {
        Fetched fetched = cursor.take();
        if (fetched instanceof Fetched.Batch batch) {
            cursor.giveBack(batch.batch().getRecordCount(), batch.batch().getBatch().size());
            reader = new BatchReader(cursor, batch);
            return new Next(reader, null);
        }
        Gap gap = ((Fetched.Hole) fetched).gap();
        if (options.gapPolicy() == GapPolicy.FAIL) {
            // The place stays before the gap: whoever does not seek meets it again.
            cursor.rewind();
            fail(cursor, gap);
            return next(mayFail);
        }
        cursor.gave(gap.toOffset());
        if (options.gapPolicy() == GapPolicy.LATEST) {
            following.seek(cursor, Position.latest());
        }
        return new Next(null, gap);
    }

    /** Partitions take turns, batch by batch. */
    private Cursor nextCursor() {
        for (int i = 0; i < inTurn.size(); i++) {
            Cursor cursor = inTurn.get(turn++ % inTurn.size());
            turn %= inTurn.size();
            if (cursor.hasWaiting()) {
                return cursor;
            }
        }
        return null;
    }

    /** Decodes outside the lock, then gives what is still wanted. */
    private void read(BatchReader from, List<ReceivedRecord> records) {
        List<ReceivedRecord> read;
        try {
            read = from.read(options.maxPollRecords() - records.size());
        } catch (MillraceException e) {
            synchronized (following) {
                reader = null;
                following.fail(from.cursor(), e);
            }
            return;
        }
        synchronized (following) {
            if (from.isCurrent() && !read.isEmpty()) {
                from.cursor().gave(read.get(read.size() - 1).offset() + 1);
                records.addAll(read);
            }
        }
    }

    private void fail(Cursor cursor, Gap gap) {
        following.fail(
                cursor,
                MillraceException.of(
                                ErrorCode.OFFSET_OUT_OF_RANGE,
                                "the records of "
                                        + gap.partition()
                                        + " from offset "
                                        + gap.fromOffset()
                                        + " to before "
                                        + gap.toOffset()
                                        + " are gone ("
                                        + gap.reason()
                                        + "); seek, or choose another gap policy (EARLIEST or LATEST; --on-gap in the command)")
                        .with("from", gap.fromOffset())
                        .with("to", gap.toOffset())
                        .with("reason", gap.reason()));
    }
}
