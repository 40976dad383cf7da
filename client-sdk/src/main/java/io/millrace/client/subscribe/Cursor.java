package io.millrace.client.subscribe;

import io.millrace.client.record.TopicPartition;
import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.PartitionGap;
import io.millrace.v1.PartitionPosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One partition of a subscription: what was given, what waits, what comes next. Pure; guarded by
 * its owner's lock.
 */
final class Cursor {
    /** Stands for: the broker has not told yet. */
    static final long UNKNOWN = -1;

    /** What a batch is in view of what came before. */
    enum Arrival {
        /** It waits to be taken. */
        TAKEN,
        /** It was asked for before a seek, or is known already. */
        NOT_WANTED,
        /** Offsets before it are missing and no gap was announced: the stream is broken. */
        AFTER_A_HOLE
    }

    private final int handle;
    private final TopicPartition partition;
    private final long topicId;
    private final int shard;
    private final Deque<Fetched> waiting = new ArrayDeque<>();
    private Position start;
    private long nextFetched = UNKNOWN;
    private long nextGiven = UNKNOWN;
    private int incarnation;
    private long generation;
    private boolean paused;
    private LogRange range;
    private final Set<String> avoided = new HashSet<>();
    private String redirect;
    private String lastAddress;
    private SubscribeStream stream;
    private long waitingRecords;
    private long waitingBytes;
    private long filtered;

    /**
     * @param handle 1 or more
     * @param start where to begin
     */
    Cursor(int handle, TopicPartition partition, long topicId, int shard, Position start) {
        this.handle = handle;
        this.partition = partition;
        this.topicId = topicId;
        this.shard = shard;
        this.start = start;
    }

    int handle() {
        return handle;
    }

    TopicPartition partition() {
        return partition;
    }

    long topicId() {
        return topicId;
    }

    int shard() {
        return shard;
    }

    /** Where a new stream has to begin. */
    Position resumeAt() {
        return nextFetched == UNKNOWN ? start : Position.offset(nextFetched);
    }

    /** The offset of the next record to be given; {@link #UNKNOWN} until the broker has told. */
    long nextGiven() {
        return nextGiven;
    }

    LogRange range() {
        return range;
    }

    boolean isPaused() {
        return paused;
    }

    /** Changes whenever what was read ahead has become void. */
    long generation() {
        return generation;
    }

    int incarnation() {
        return incarnation;
    }

    SubscribeStream stream() {
        return stream;
    }

    /** A new stream has begun, or none is there; seeks count from 0 on each. */
    void setStream(SubscribeStream next) {
        stream = next;
        if (next != null) {
            lastAddress = next.address();
        }
        incarnation = 0;
    }

    /** Whom its last stream led to; null: none yet. */
    String lastAddress() {
        return lastAddress;
    }

    /** A broker could not give what comes next: others first, until something has come. */
    void avoid(String address) {
        avoided.add(address);
    }

    /** Those of these brokers that it does not avoid. */
    List<String> notAvoided(List<String> addresses) {
        return addresses.stream().filter(it -> !avoided.contains(it)).toList();
    }

    /** Forgets whom it avoids. */
    void avoidNobody() {
        avoided.clear();
    }

    /** Its next stream is to lead to this broker. */
    void redirect(String address) {
        redirect = address;
    }

    /** Where it was redirected to, once; null: nowhere. */
    String takeRedirect() {
        String taken = redirect;
        redirect = null;
        return taken;
    }

    /** The first offset that is not known to be stored; 0 if nothing is known. */
    long seenBefore() {
        return Math.max(0, nextFetched);
    }

    long waitingRecords() {
        return waitingRecords;
    }

    long waitingBytes() {
        return waitingBytes;
    }

    /** The broker has told where the partition stands. */
    void heard(PartitionPosition position) {
        range = new LogRange(position.getLogStartOffset(), position.getLogEndOffset());
        // What latest or a time stands for is asked for once: the next stream goes on from there.
        if (position.getIncarnation() == incarnation) {
            isAt(position.getNextOffset());
        }
    }

    private void isAt(long offset) {
        if (nextFetched == UNKNOWN) {
            nextFetched = offset;
            nextGiven = offset;
        }
    }

    Arrival arrived(DeliveredBatch batch) {
        if (batch.getIncarnation() < incarnation) {
            return Arrival.NOT_WANTED;
        }
        isAt(batch.getBaseOffset());
        if (paused) {
            return Arrival.NOT_WANTED;
        }
        if (batch.getBaseOffset() > nextFetched) {
            return Arrival.AFTER_A_HOLE;
        }
        long end = batch.getBaseOffset() + batch.getRecordCount();
        if (end <= nextFetched) {
            return Arrival.NOT_WANTED;
        }
        waiting.add(new Fetched.Batch(batch, nextFetched));
        avoided.clear();
        waitingRecords += batch.getRecordCount();
        waitingBytes += batch.getBatch().size();
        nextFetched = end;
        return Arrival.TAKEN;
    }

    void arrived(PartitionGap gap) {
        if (gap.getIncarnation() < incarnation) {
            return;
        }
        isAt(gap.getFromOffset());
        if (gap.getToOffset() <= nextFetched || paused) {
            return;
        }
        if (gap.getReason() == PartitionGap.Reason.REASON_FILTERED) {
            if (waiting.peekLast() instanceof Fetched.Filtered) {
                // One for a long stretch: nobody gives credit for them, so they must not pile up.
                waiting.removeLast();
            }
            waiting.add(new Fetched.Filtered(gap.getToOffset()));
            avoided.clear();
            nextFetched = gap.getToOffset();
            return;
        }
        long from = Math.max(nextFetched, gap.getFromOffset());
        String reason = gap.getReason().name().replace("REASON_", "");
        waiting.add(new Fetched.Hole(new Gap(partition, from, gap.getToOffset(), reason)));
        nextFetched = gap.getToOffset();
    }

    /** Whether something can be given. */
    boolean hasWaiting() {
        return !paused && !waiting.isEmpty();
    }

    /** Whether what can be given has a record, not only what the filter left out. */
    boolean hasRecordsWaiting() {
        return !paused && waitingRecords > 0;
    }

    Fetched peek() {
        return waiting.peek();
    }

    Fetched take() {
        Fetched first = waiting.poll();
        if (first instanceof Fetched.Batch batch) {
            waitingRecords -= batch.batch().getRecordCount();
            waitingBytes -= batch.batch().getBatch().size();
        }
        return first;
    }

    /** All records before this offset were given. */
    void gave(long endOffset) {
        nextGiven = endOffset;
    }

    /** What the filter left out before this offset is stepped over. */
    void passedOver(long endOffset) {
        filtered += endOffset - nextGiven;
        nextGiven = endOffset;
    }

    /** How many records the filter left out of what was given. */
    long filtered() {
        return filtered;
    }

    /** Goes on elsewhere; what waits is void. */
    void seek(Position position) {
        dropWaiting();
        start = position;
        nextFetched = position instanceof Position.AtOffset at ? at.offset() : UNKNOWN;
        nextGiven = nextFetched;
        incarnation++;
    }

    /** Gives nothing more; what waits is void, so that it does not hold the others' credit. */
    void pause() {
        paused = true;
        // What is under way is not wanted while it is paused; resuming asks for it again.
        dropUngiven();
    }

    void resume() {
        paused = false;
    }

    /** What was read ahead is void and will be read again. */
    void rewind() {
        dropUngiven();
        incarnation++;
    }

    private void dropUngiven() {
        dropWaiting();
        if (nextGiven != UNKNOWN) {
            nextFetched = nextGiven;
        }
    }

    private void dropWaiting() {
        waiting.clear();
        waitingRecords = 0;
        waitingBytes = 0;
        generation++;
    }

    /** Records were taken: the broker may send as many more. */
    void giveBack(long records, long bytes) {
        if (stream() != null && records > 0) {
            stream().giveBack(records, bytes);
        }
    }

    /** Goes on elsewhere: what was read ahead is dropped, and the broker told. */
    void change(Runnable change) {
        giveBack(waitingRecords(), waitingBytes());
        change.run();
        if (stream() != null) {
            stream().seek(this);
        }
    }

    /** Tells the broker whether it is paused. */
    void tellPaused() {
        if (stream() != null) {
            stream().setPaused(this);
        }
    }
}
