package io.millrace.broker.subscription;

import com.google.protobuf.UnsafeByteOperations;
import io.millrace.broker.filter.RecordFilter;
import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.reading.ReadTerms;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.PartitionGap;
import io.millrace.v1.PartitionPosition;
import io.millrace.v1.Position;
import io.millrace.v1.SubscribeResponse;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One partition of a subscription and the place reached in it. Confined to its session's turn but
 * for the mark that it is ready.
 */
final class FollowedPartition implements AutoCloseable {

    private final int handle;
    private final String topic;
    private final String name;
    private final ServedPartition served;
    private final Deque<StoredBatch> readAhead = new ArrayDeque<>();
    private final AtomicBoolean markedReady = new AtomicBoolean();
    private final Sieve sieve;
    private Runnable appendListener;

    private LogReader reader;
    private int incarnation;
    private int arrivedIncarnation;
    private boolean paused;
    private boolean arrived;
    private long nextOffset;

    /** What came through the filter and waits until all before it is told. */
    private StoredBatch through;

    /** What the subscriber knows of; the filter leaves out from here to {@link #nextOffset}. */
    private long toldBelow;

    /** Whether that was told at the end of the log since the last heartbeat. */
    private boolean toldLeftOut;

    /**
     * @param topic the topic's name
     * @param name topic and number, for messages
     * @param filter which records are wanted; null: all
     */
    FollowedPartition(
            int handle, String topic, String name, ServedPartition served, RecordFilter filter) {
        this.handle = handle;
        this.topic = topic;
        this.name = name;
        this.served = served;
        this.sieve = filter == null ? null : new Sieve(filter, name);
    }

    int handle() {
        return handle;
    }

    String topic() {
        return topic;
    }

    String name() {
        return name;
    }

    ServedPartition served() {
        return served;
    }

    /** Calls the listener after every append, until this is closed. */
    void listen(Runnable listener) {
        appendListener = listener;
        served.log().addAppendListener(listener);
    }

    /** Marks it as one that may have something to send; false if it was marked. Any thread. */
    boolean markReady() {
        return markedReady.compareAndSet(false, true);
    }

    void unmarkReady() {
        markedReady.set(false);
    }

    /** Leaves its place: nothing is delivered until it has moved to another. */
    void leave() {
        arrived = false;
        dropReadAhead();
    }

    /** Stops or resumes; what was read ahead is let go of while it is stopped. */
    void setPaused(boolean value) {
        paused = value;
        if (paused && reader != null) {
            dropReadAhead();
            openReader();
        }
    }

    /** Whether records are held in memory for it. */
    boolean hasReadAhead() {
        return !readAhead.isEmpty() || sieve != null && (through != null || !sieve.isEmpty());
    }

    /** Whether batches are at hand that go out as they are. */
    boolean hasBatchesRead() {
        return sieve == null && !readAhead.isEmpty();
    }

    private void dropReadAhead() {
        readAhead.clear();
        through = null;
        if (sieve != null) {
            sieve.clear();
        }
    }

    /** Whether there is something to send, or to test, that the subscriber wants. */
    boolean hasMore() {
        return arrived
                && !paused
                && (nextOffset < served.log().endOffset()
                        || toldBelow < nextOffset && !toldLeftOut);
    }

    /**
     * The log start of a partition that exists: a deleted one's lies beyond its end, and nobody is
     * to take that for a gap.
     *
     * @throws MillraceException with UNKNOWN_TOPIC if it was deleted
     */
    private long logStart() {
        long start = served.log().startOffset();
        requireExists();
        return start;
    }

    /**
     * @throws MillraceException with UNKNOWN_TOPIC if it was deleted, or with where to turn to if
     *     its replica is not here any more
     */
    void requireServed() {
        if (!served.isHere()) {
            throw served.elsewhere();
        }
        requireExists();
    }

    private void requireExists() {
        if (!served.exists()) {
            throw MillraceException.of(
                            ErrorCode.UNKNOWN_TOPIC,
                            "the topic of " + name + " was deleted; look at what topics there are")
                    .with("topic", topic);
        }
    }

    /**
     * Checks a seek's number and takes it.
     *
     * @throws MillraceException if it is not higher than the last
     */
    void takeIncarnation(int newIncarnation) {
        if (Integer.compareUnsigned(newIncarnation, incarnation) <= 0) {
            throw MillraceException.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "the seek's incarnation for %s is %s; it must be higher than the last, %s"
                                    .formatted(
                                            name,
                                            Integer.toUnsignedString(newIncarnation),
                                            Integer.toUnsignedString(incarnation)))
                    .with("field", "seek.incarnation");
        }
        incarnation = newIncarnation;
    }

    /** Goes to a position, at most the log end. */
    void moveTo(Position position) throws IOException {
        long target = targetOf(position);
        dropReadAhead();
        nextOffset = target;
        toldBelow = target;
        toldLeftOut = false;
        arrivedIncarnation = incarnation;
        arrived = true;
        openReader();
    }

    /**
     * A position must say where, and lie at 0 or above.
     *
     * @throws MillraceException naming the field
     */
    void check(Position position) {
        switch (position.getPositionCase()) {
            case OFFSET -> requireNotNegative("position.offset", position.getOffset());
            case TIMESTAMP_MS ->
                    requireNotNegative("position.timestamp_ms", position.getTimestampMs());
            case POSITION_NOT_SET ->
                    throw MillraceException.of(
                                    ErrorCode.INVALID_ARGUMENT,
                                    "position of "
                                            + name
                                            + " is not set; set earliest, latest, offset or"
                                            + " timestamp_ms")
                            .with("field", "position");
            case EARLIEST, LATEST -> {}
        }
    }

    private long targetOf(Position position) throws IOException {
        return switch (position.getPositionCase()) {
            case EARLIEST, POSITION_NOT_SET -> logStart();
            case LATEST -> served.log().endOffset();
            case OFFSET -> position.getOffset();
            case TIMESTAMP_MS -> served.log().offsetAt(position.getTimestampMs());
        };
    }

    private void requireNotNegative(String field, long value) {
        if (value < 0) {
            throw MillraceException.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "%s of %s is %d; it must be 0 or more".formatted(field, name, value))
                    .with("field", field);
        }
    }

    /** What to answer when the replica's state is older than the subscriber takes. */
    MillraceException tooStale(ReadTerms terms, long stalenessNanos) {
        String age =
                stalenessNanos == Long.MAX_VALUE
                        ? "of unknown age"
                        : TimeUnit.NANOSECONDS.toMillis(stalenessNanos) + " ms old";
        return served.redirected(
                MillraceException.of(
                        ErrorCode.BEHIND,
                        "this replica's state of %s is %s, at most %d ms are asked for; turn to the"
                                        .formatted(name, age, terms.maxStalenessMs())
                                + " leader"));
    }

    private void openReader() {
        long at = Math.max(logStart(), Math.min(nextOffset, served.log().endOffset()));
        if (reader == null) {
            reader = served.log().follower(at);
        } else {
            reader.seek(at);
        }
    }

    /**
     * The next message of this partition, a batch or a gap. Null: the end of the log is reached, or
     * all that was read is left out by the filter, or the budget is spent.
     *
     * @param maxBytes how much to read ahead at most, if something must be read
     * @param budget for tests
     */
    SubscribeResponse next(int maxBytes, TestBudget budget) throws IOException {
        long start = logStart();
        if (nextOffset < start) {
            return toldBelow < nextOffset ? gapOfLeftOut() : gapTo(start);
        }
        if (!hasReadAhead()) {
            try {
                readAhead.addAll(reader.read(maxBytes));
            } catch (LogReader.TrimmedException e) {
                // The start has moved up between the look at it and the read.
                return toldBelow < nextOffset ? gapOfLeftOut() : gapTo(logStart());
            }
        }
        if (sieve != null) {
            return nextThrough(budget);
        }
        StoredBatch batch = readAhead.poll();
        return batch == null ? null : deliver(batch);
    }

    private SubscribeResponse nextThrough(TestBudget budget) {
        while (through == null && !budget.isSpent() && hasReadAhead()) {
            if (sieve.isEmpty()) {
                sieve.put(readAhead.remove(), nextOffset);
            }
            through = sieve.next(budget);
            nextOffset = through == null ? sieve.doneBelow() : through.baseOffset();
        }
        if (through == null) {
            // At the end at once, so that the subscriber knows that nothing more is there; but
            // once a heartbeat only, or a log that grows slowly would send a gap for each record.
            boolean atEnd = nextOffset >= served.log().endOffset();
            if (!atEnd || toldLeftOut || toldBelow == nextOffset) {
                return null;
            }
            toldLeftOut = true;
            return gapOfLeftOut();
        }
        if (toldBelow < nextOffset) {
            return gapOfLeftOut();
        }
        StoredBatch batch = through;
        through = null;
        return deliver(batch);
    }

    /** What the filter has left out since that was last told; null if nothing. */
    SubscribeResponse leftOut() {
        SubscribeResponse gap =
                arrived && !paused && toldBelow < nextOffset ? gapOfLeftOut() : null;
        toldLeftOut = false;
        return gap;
    }

    private SubscribeResponse gapOfLeftOut() {
        return gap(toldBelow, nextOffset, PartitionGap.Reason.REASON_FILTERED);
    }

    private SubscribeResponse gapTo(long start) {
        SubscribeResponse gap =
                gap(
                        nextOffset,
                        start,
                        served.trimmedOnRequest()
                                ? PartitionGap.Reason.REASON_TRIMMED
                                : PartitionGap.Reason.REASON_EXPIRED);
        nextOffset = start;
        if (sieve != null) {
            dropReadAhead();
        }
        readAhead.removeIf(batch -> batch.endOffset() <= start);
        if (readAhead.isEmpty()) {
            openReader();
        }
        return gap;
    }

    private SubscribeResponse gap(long from, long to, PartitionGap.Reason reason) {
        toldBelow = to;
        return SubscribeResponse.newBuilder()
                .setGap(
                        PartitionGap.newBuilder()
                                .setHandle(handle)
                                .setIncarnation(incarnation)
                                .setFromOffset(from)
                                .setToOffset(to)
                                .setReason(reason))
                .build();
    }

    private SubscribeResponse deliver(StoredBatch batch) {
        nextOffset = batch.endOffset();
        toldBelow = nextOffset;
        return SubscribeResponse.newBuilder()
                .setBatch(
                        DeliveredBatch.newBuilder()
                                .setHandle(handle)
                                .setIncarnation(incarnation)
                                .setBaseOffset(batch.baseOffset())
                                .setRecordCount(batch.recordCount())
                                .setAppendTimeMs(batch.appendTimeMs())
                                .setLeaderEpoch(batch.leaderEpoch())
                                // Others may have it too; nobody writes to it.
                                .setBatch(UnsafeByteOperations.unsafeWrap(batch.batch())))
                .build();
    }

    PartitionPosition position() {
        long end = served.log().endOffset();
        return PartitionPosition.newBuilder()
                .setHandle(handle)
                .setNextOffset(nextOffset)
                // Of a log that is being deleted it lies beyond the end.
                .setLogStartOffset(Math.min(served.log().startOffset(), end))
                .setLogEndOffset(end)
                .setLeaderEpoch(served.leaderEpoch())
                .setIncarnation(arrivedIncarnation)
                .build();
    }

    @Override
    public void close() {
        if (appendListener != null) {
            served.log().removeAppendListener(appendListener);
        }
        if (reader != null) {
            reader.close();
            reader = null;
        }
        dropReadAhead();
    }
}
