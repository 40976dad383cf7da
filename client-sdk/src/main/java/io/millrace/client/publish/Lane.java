package io.millrace.client.publish;

import io.millrace.client.cluster.Backoff;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.MillraceException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Everything about one partition that is published to. The queue and the wake flag are thread-safe,
 * the rest belongs to the sender.
 */
final class Lane {
    private final TopicPartition partition;
    private final long topicId;
    private final int shard;
    private final PartitionQueue queue = new PartitionQueue();
    private final AtomicBoolean woken = new AtomicBoolean();

    private final InFlightWindow window = new InFlightWindow();
    private final Backoff backoff;
    private Producer producer;
    private PublishStream stream;
    private boolean waiting;
    private long notBeforeNanos;
    private MillraceException lastProblem;
    private Sender.Alarm alarm;

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
        if (stream != null) {
            stream.lanes().remove(this);
            stream = null;
        }
    }

    /** Something went wrong: wait before the next attempt. */
    void problem(MillraceException what, long nowNanos) {
        lastProblem = what;
        waiting = true;
        long asked = what.retryAfterMs() * 1_000_000L;
        notBeforeNanos = nowNanos + Math.max(asked, backoff.next());
    }

    /** A batch was stored: all is well. */
    void success() {
        if (lastProblem != null) {
            lastProblem = null;
            backoff.reset();
        }
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
