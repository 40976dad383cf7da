package io.millrace.client.publish;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicRoute;
import io.millrace.protocol.batch.EncodedBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Moves one lane at a time as far as it goes: expires, binds to a stream, sends. Runs on the
 * sender's thread.
 */
final class LaneDriver {
    /** The broker is not to hold a batch longer; sending it again is cheap and finds the leader. */
    private static final int MAX_BROKER_TIMEOUT_MS = 30_000;

    private final Cluster cluster;
    private final PublisherOptions options;
    private final MemoryBudget memory;
    private final LongSupplier nanoTime;
    private final Sender sender;
    private final StreamPool streams;
    private final BatchFates fates;
    private boolean closing;

    LaneDriver(
            Cluster cluster,
            PublisherOptions options,
            MemoryBudget memory,
            LongSupplier nanoTime,
            Sender sender,
            StreamPool streams,
            BatchFates fates) {
        this.cluster = cluster;
        this.options = options;
        this.memory = memory;
        this.nanoTime = nanoTime;
        this.sender = sender;
        this.streams = streams;
        this.fates = fates;
    }

    /** From now on nothing lingers. */
    void hurry() {
        closing = true;
    }

    /** Looks at a lane and does what can be done now. */
    void step(Lane lane) {
        long now = nanoTime.getAsLong();
        fates.expire(lane, now);
        if (lane.stream() != null && lane.stream().isRetired() && lane.window().inFlight() == 0) {
            streams.unbind(lane);
        }
        if (hasWork(lane, now) && lane.waitNanos(now) == 0 && isBound(lane, now)) {
            sendAll(lane, now);
        }
        setAlarm(lane, now);
    }

    private boolean hasWork(Lane lane, long now) {
        if (lane.window().isBlocked()) {
            return false;
        }
        return lane.window().hasUnsent() || isBatchReady(lane, now);
    }

    private boolean isBatchReady(Lane lane, long now) {
        Long oldest = lane.queue().oldestNanos();
        return oldest != null && (lane.queue().hasClosed() || now - oldest >= lingerNanos());
    }

    private long lingerNanos() {
        return closing || memory.isShort() ? 0 : options.lingerNanos();
    }

    /** Whether it has a stream that takes batches; asks for one if it has none. */
    private boolean isBound(Lane lane, long now) {
        if (lane.stream() == null) {
            String leader = cluster.view().leaderAddress(lane.shard()).orElse(null);
            if (leader == null || leader.isEmpty()) {
                cluster.refresh();
                lane.problem(
                        MillraceException.of(
                                        ErrorCode.LEADER_UNAVAILABLE,
                                        "no leader is known for shard "
                                                + lane.shard()
                                                + ", which has "
                                                + lane.partition())
                                .with("shard", lane.shard()),
                        now);
                return false;
            }
            streams.bind(lane, leader);
        }
        return lane.stream() != null && lane.stream().isOpen();
    }

    private void sendAll(Lane lane, long now) {
        PublishStream stream = lane.stream();
        while (stream.isReady()) {
            PendingBatch batch = lane.window().nextToSend();
            if (batch == null) {
                batch = admitNext(lane, now);
            }
            if (batch == null) {
                return;
            }
            byte[] bytes = batch.bytes(lane.producer(), options.compression());
            lane.window().sent();
            stream.send(lane, batch, bytes, timeoutMs(batch, now));
        }
        // The others come first when the stream is ready again.
        stream.moveToEnd(lane);
    }

    private PendingBatch admitNext(Lane lane, long now) {
        if (lane.window().isBlocked() || lane.window().size() >= lane.stream().maxInFlight()) {
            return null;
        }
        PendingBatch batch;
        while ((batch = lane.queue().poll(now, lingerNanos())) != null) {
            EncodedBatch encoded = batch.encode(options.compression());
            int limit = maxBatchBytes(lane);
            if (encoded.sizeInBytes() <= limit) {
                lane.window().admit(batch);
                return batch;
            }
            fates.tooLarge(lane, batch, encoded.sizeInBytes(), limit);
        }
        return null;
    }

    private int maxBatchBytes(Lane lane) {
        return cluster.view()
                .topic(lane.partition().topic())
                .filter(route -> route.topicId() == lane.topicId())
                .map(TopicRoute::maxBatchBytes)
                .filter(limit -> limit > 0)
                .orElse(Integer.MAX_VALUE);
    }

    private int timeoutMs(PendingBatch batch, long now) {
        long left = options.deadlineNanos() - (now - batch.createdNanos());
        return (int)
                Math.max(1, Math.min(MAX_BROKER_TIMEOUT_MS, TimeUnit.NANOSECONDS.toMillis(left)));
    }

    /** When to look again if nothing happens before. */
    private void setAlarm(Lane lane, long now) {
        long wait = Long.MAX_VALUE;
        PendingBatch first = lane.window().first();
        Long oldest = lane.queue().oldestNanos();
        if (first != null) {
            wait = Math.min(wait, options.deadlineNanos() - (now - first.createdNanos()));
        }
        if (oldest != null) {
            wait = Math.min(wait, options.deadlineNanos() - (now - oldest));
            long lingerLeft = lingerNanos() - (now - oldest);
            if (lingerLeft > 0 && !lane.queue().hasClosed()) {
                wait = Math.min(wait, lingerLeft);
            }
        }
        if (first != null || oldest != null) {
            long backoff = lane.waitNanos(now);
            if (backoff > 0) {
                wait = Math.min(wait, backoff);
            }
        }
        // An alarm that rings too early does no harm: it is set again then.
        Sender.Alarm old = lane.alarm();
        if (wait == Long.MAX_VALUE || old != null && old.atNanos() - (now + wait) <= 0) {
            return;
        }
        if (old != null) {
            sender.cancel(old);
        }
        lane.setAlarm(
                sender.alarm(
                        now + Math.max(1, wait),
                        () -> {
                            lane.setAlarm(null);
                            step(lane);
                        }));
    }
}
