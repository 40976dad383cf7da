package io.millrace.client.publish;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.ClusterView;
import io.millrace.client.cluster.TopicRoute;
import io.millrace.protocol.batch.EncodedBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Moves one lane at a time as far as it goes: expires, binds to a stream, sends. Runs on the
 * sender's thread.
 */
final class LaneDriver {
    /** The broker is not to hold a batch longer; sending it again is cheap and finds the leader. */
    private static final int MAX_BROKER_TIMEOUT_MS = 30_000;

    /** A former leader answers at once, or is cut off. */
    private static final long MOVE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** After this long without an answer it is worth asking who leads. */
    private static final long DOUBT_NANOS = TimeUnit.SECONDS.toNanos(2);

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
        leaveFormerLeader(lane, now);
        leaveSilentBroker(lane, now);
        if (lane.stream() != null && lane.stream().isRetired() && lane.window().inFlight() == 0) {
            streams.unbind(lane);
        }
        if (hasWork(lane, now) && lane.waitNanos(now) == 0 && isBound(lane, now)) {
            sendAll(lane, now);
        }
        lane.observe();
        setAlarm(lane, now);
    }

    /** What is known of the cluster has changed: whoever waits for a leader may have one. */
    void leadersChanged(Lane lane) {
        ClusterView view = cluster.view();
        view.leaderAddress(lane.shard())
                .ifPresent(address -> lane.leaderIs(address, view.leaderEpoch(lane.shard())));
        step(lane);
    }

    /**
     * Once another broker is known to lead, nothing new is sent to the former one. Its last answers
     * are waited for, but not for long: what stays open is sent to the new leader under the same
     * sequence.
     */
    private void leaveFormerLeader(Lane lane, long now) {
        PublishStream stream = lane.stream();
        if (stream == null) {
            return;
        }
        String leader = cluster.view().leaderAddress(lane.shard()).orElse(stream.address());
        lane.setMoving(!leader.equals(stream.address()), now);
        if (!lane.isMoving()) {
            return;
        }
        if (lane.window().inFlight() == 0) {
            streams.unbind(lane);
        } else if (lane.movingNanos(now) >= MOVE_NANOS) {
            leave(lane);
        }
    }

    /** A broker that hangs or is cut off from the others does not say so. */
    private void leaveSilentBroker(Lane lane, long now) {
        long silent = lane.silentNanos(now);
        if (lane.stream() == null || silent < DOUBT_NANOS && silent < options.ackTimeoutNanos()) {
            return;
        }
        cluster.refresh();
        long patience = lane.patienceNanos(options.ackTimeoutNanos());
        if (silent < patience) {
            return;
        }
        String address = lane.stream().address();
        leave(lane);
        lane.waitedInVain();
        cluster.dropHint(lane.shard(), address);
        failed(
                lane,
                address,
                MillraceException.of(
                                ErrorCode.DEADLINE_EXCEEDED,
                                "the broker at "
                                        + address
                                        + " has not answered for "
                                        + TimeUnit.NANOSECONDS.toMillis(patience)
                                        + " ms")
                        .with("broker", address),
                now);
    }

    /** Takes a lane off its stream for good: what is in flight is of unknown fate. */
    private void leave(Lane lane) {
        PublishStream stream = lane.stream();
        // Another stream, even to the same broker, starts with what is open now.
        streams.retire(stream);
        stream.forget(lane);
        streams.unbind(lane);
        lane.window().streamBroke();
    }

    /** An attempt at a broker has failed: the next one comes later, or when the leader changes. */
    void failed(Lane lane, String address, MillraceException why, long now) {
        lane.tried(address, cluster.view().leaderEpoch(lane.shard()));
        lane.problem(why, now);
    }

    private boolean hasWork(Lane lane, long now) {
        if (lane.window().isBlocked() || lane.isMoving()) {
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
            String leader = cluster.view().leaderAddress(lane.shard()).orElse("");
            if (leader.isEmpty() || streams.isLeaving(leader, now)) {
                cluster.refresh();
                failed(lane, leader, noLeader(lane), now);
                return false;
            }
            streams.bind(lane, leader);
        }
        return lane.stream() != null && lane.stream().isOpen();
    }

    private static MillraceException noLeader(Lane lane) {
        return MillraceException.of(
                        ErrorCode.LEADER_UNAVAILABLE,
                        "no leader is known for shard "
                                + lane.shard()
                                + ", which has "
                                + lane.partition())
                .with("shard", lane.shard());
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
            ByteBuffer bytes = batch.bytes(lane.producer(), options.compression());
            if (lane.window().inFlight() == 0) {
                lane.heard(now);
            }
            lane.window().sent();
            stream.send(lane, batch, bytes, timeoutMs(batch, now), now);
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

    /** How long until its stream is in doubt, or left. */
    private long leaveNanos(Lane lane, long now) {
        long silent = lane.silentNanos(now);
        long left = lane.patienceNanos(options.ackTimeoutNanos()) - silent;
        if (silent < DOUBT_NANOS) {
            left = Math.min(left, DOUBT_NANOS - silent);
        }
        return lane.isMoving() ? Math.min(left, MOVE_NANOS - lane.movingNanos(now)) : left;
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
        if (lane.window().inFlight() > 0) {
            wait = Math.min(wait, leaveNanos(lane, now));
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
