package io.millrace.client.publish;

import io.millrace.client.choice.Candidate;
import io.millrace.client.cluster.Backoff;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.MillraceException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Everything about one partition that is published to. The queue and the wake flag are thread-safe,
 * the rest belongs to the sender.
 */
final class Lane {
    private static final int MAX_REDIRECTS = 3;
    private static final int MAX_DOUBLINGS = 3;

    private final TopicPartition partition;
    private final long topicId;
    private final int shard;
    private final PartitionQueue queue = new PartitionQueue();
    private final AtomicBoolean woken = new AtomicBoolean();

    private final InFlightWindow window = new InFlightWindow();
    private final Backoff backoff;
    private Producer producer;
    private PublishStream stream;
    private int redirects;
    private String triedAddress;
    private long triedEpoch;
    private long heardNanos;
    private int doublings;
    private boolean moving;
    private long movingSinceNanos;
    private boolean waiting;
    private long notBeforeNanos;
    private MillraceException lastProblem;
    private Sender.Alarm alarm;

    // What the choice of a partition for records without a key looks at, on other threads.
    private volatile boolean failing;
    private volatile int outstanding;
    private volatile long responseNanos;

    Lane(TopicPartition partition, long topicId, int shard, Backoff backoff) {
        this.partition = partition;
        this.topicId = topicId;
        this.shard = shard;
        this.backoff = backoff;
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

    PartitionQueue queue() {
        return queue;
    }

    /** True for the first caller since {@link #awake}: it tells the sender, the others need not. */
    boolean wake() {
        return !woken.get() && woken.compareAndSet(false, true);
    }

    /** The sender is about to look at it. */
    void awake() {
        woken.set(false);
    }

    InFlightWindow window() {
        return window;
    }

    Producer producer() {
        return producer;
    }

    void setProducer(Producer next) {
        producer = next;
    }

    /** The stream that it sends on; null: none. */
    PublishStream stream() {
        return stream;
    }

    void bind(PublishStream next) {
        stream = next;
        next.lanes().add(this);
    }

    void unbind() {
        moving = false;
        if (stream != null) {
            stream.lanes().remove(this);
            stream = null;
        }
    }

    /** Something went wrong: wait before the next attempt. */
    void problem(MillraceException what, long nowNanos) {
        lastProblem = what;
        failing = true;
        waiting = true;
        long asked = what.retryAfterMs() * 1_000_000L;
        notBeforeNanos = nowNanos + Math.max(asked, backoff.next());
    }

    /** A batch was stored: all is well. */
    void success() {
        redirects = 0;
        doublings = 0;
        if (lastProblem != null) {
            lastProblem = null;
            failing = false;
            backoff.reset();
        }
    }

    /**
     * A broker has named the leader: no need to wait, but for those that name each other.
     *
     * @return whether to go there at once
     */
    boolean mayFollow(MillraceException hint) {
        lastProblem = hint;
        return ++redirects <= MAX_REDIRECTS;
    }

    /** Whom it has tried at last, in which epoch. */
    void tried(String address, long epoch) {
        triedAddress = address;
        triedEpoch = epoch;
    }

    /** Somebody else leads now, or the same one again: there is no need to wait any longer. */
    void leaderIs(String address, long epoch) {
        if (!address.equals(triedAddress) || epoch > triedEpoch) {
            waiting = false;
        }
    }

    /** Something was heard on its stream, or a first batch was sent. */
    void heard(long nowNanos) {
        heardNanos = nowNanos;
    }

    /** How long its batches in flight have been without an answer, in nanoseconds. */
    long silentNanos(long nowNanos) {
        return window.inFlight() == 0 ? 0 : nowNanos - heardNanos;
    }

    /** How long that may be, if it may be as long as this at first. */
    long patienceNanos(long firstNanos) {
        return firstNanos << doublings;
    }

    /** It was too long. */
    void waitedInVain() {
        doublings = Math.min(MAX_DOUBLINGS, doublings + 1);
    }

    /** Whether its stream leads to a broker that is the leader no longer; nothing is sent there. */
    boolean isMoving() {
        return moving;
    }

    void setMoving(boolean value, long nowNanos) {
        if (value && !moving) {
            movingSinceNanos = nowNanos;
        }
        moving = value;
    }

    /** How long it has been waiting for the last answers of a former leader. */
    long movingNanos(long nowNanos) {
        return moving ? nowNanos - movingSinceNanos : 0;
    }

    /** A batch was stored this long after it was sent. */
    void responded(long nanos) {
        long old = responseNanos;
        responseNanos = old == 0 ? nanos : old + (nanos - old) * 3 / 10;
    }

    /** The sender has looked at it. */
    void observe() {
        outstanding = window.size();
    }

    /** What is known of it as one of several that could take a record. Thread-safe. */
    Candidate candidate(int batchBytes, int weight) {
        long waitingBatches = queue.waitingBytes() / batchBytes;
        return new Candidate(
                partition.toString(),
                outstanding + (int) Math.min(Integer.MAX_VALUE / 2, waitingBatches),
                responseNanos,
                failing ? 1 : 0,
                weight);
    }

    /** Whether its last attempts have failed. Thread-safe. */
    boolean isFailing() {
        return failing;
    }

    /** How long to wait before the next attempt, in nanoseconds; 0: no more. */
    long waitNanos(long nowNanos) {
        if (waiting && nowNanos - notBeforeNanos >= 0) {
            waiting = false;
        }
        return waiting ? notBeforeNanos - nowNanos : 0;
    }

    /** Why batches have not been stored since the last success; null: nothing is known. */
    MillraceException lastProblem() {
        return lastProblem;
    }

    Sender.Alarm alarm() {
        return alarm;
    }

    void setAlarm(Sender.Alarm next) {
        alarm = next;
    }
}
