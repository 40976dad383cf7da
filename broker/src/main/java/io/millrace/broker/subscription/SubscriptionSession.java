package io.millrace.broker.subscription;

import io.millrace.broker.filter.RecordFilter;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Credit;
import io.millrace.v1.Seek;
import io.millrace.v1.SetPaused;
import io.millrace.v1.SubscribeRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscribe stream. Whatever happens (a request, an append, room in the connection, a tick)
 * only signals; one turn at a time then does all there is to do, on the executor given. A turn is
 * bounded, so that subscriptions share the threads fairly.
 */
public final class SubscriptionSession {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionSession.class);

    /** How long a stream may be open before it starts. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    private final SubscriptionContext context;
    private final SubscriptionOutlet outlet;
    private final SignsOfLife life;
    private final ReadySet ready = new ReadySet();
    private final Delivery delivery;
    private final HeldBack heldBack;

    /** At most one request waits: the next is asked for when it has been taken. */
    private final ArrayBlockingQueue<SubscribeRequest> requests = new ArrayBlockingQueue<>(2);

    private final AtomicInteger signals = new AtomicInteger();
    private final AtomicBoolean alarmSet = new AtomicBoolean();
    private volatile boolean cancelled;
    private volatile boolean replicasChanged;
    private volatile boolean startOverdue;
    private volatile MillraceException failure;

    // Confined to the turn.
    private final Map<Integer, FollowedPartition> partitions = new LinkedHashMap<>();
    private final Arrivals arrivals = new Arrivals(ready, this::signal);
    private SubscriptionStart start;
    private boolean started;
    private boolean ended;

    public SubscriptionSession(SubscriptionContext context, SubscriptionOutlet outlet) {
        this.context = context;
        this.outlet = outlet;
        this.life = new SignsOfLife(context.limits());
        this.heldBack = new HeldBack(context.nanoTime());
        this.delivery =
                new Delivery(
                        outlet,
                        ready,
                        life,
                        context.listener(),
                        context.limits().readBytes(),
                        context.nanoTime(),
                        heldBack);
        context.alarm().after(START_TIMEOUT, this::onStartTimeout);
    }

    private void onStartTimeout() {
        startOverdue = true;
        signal();
    }

    /** A request came in. */
    public void onRequest(SubscribeRequest request) {
        if (!requests.offer(request)) {
            fail(
                    MillraceException.of(
                            ErrorCode.INTERNAL,
                            "the transport delivered a request that was not asked for"));
        }
        signal();
    }

    /** The connection has room again. */
    public void onReady() {
        signal();
    }

    /** To be called once every heartbeat interval. */
    public void onHeartbeatTick() {
        life.tick();
        signal();
    }

    /** Some replica is not on this broker any more, maybe one that is followed. */
    public void onReplicaRemoved() {
        replicasChanged = true;
        signal();
    }

    /** The subscriber is gone or has closed its side. */
    public void onClosed() {
        cancelled = true;
        signal();
    }

    /**
     * The filter that a partition is read with, if the broker has put its tests off in the last
     * second, since they take more than a turn may. Any thread.
     *
     * @param partitionId the partition's id
     */
    public Optional<String> heldBackFilter(long partitionId) {
        return heldBack.filter(partitionId);
    }

    /** Ends the stream with a reason, for instance when the broker stops. */
    public void fail(MillraceException reason) {
        failure = reason;
        signal();
    }

    private void signal() {
        if (signals.getAndIncrement() == 0) {
            schedule();
        }
    }

    private void schedule() {
        try {
            context.executor().execute(this::turn);
        } catch (RejectedExecutionException e) {
            // The broker is stopping and its threads are gone; the transport closes the stream.
            cancelled = true;
        }
    }

    private void turn() {
        int seen = signals.get();
        boolean again = false;
        try {
            again = work();
        } catch (PartitionFailure e) {
            end(e.reason(), e.handle());
        } catch (MillraceException e) {
            end(e, 0);
        } catch (IOException | RuntimeException | Error e) {
            // Errors too: a disk that fails under a mapped file comes as an InternalError, and a
            // subscription that died of it would hold its readers for ever and say nothing.
            LOG.error("subscription failed", e);
            end(MillraceException.of(ErrorCode.INTERNAL, "reading failed: " + e), 0);
        }
        // Signals that came during the turn are still counted; if there is more to do, so are the
        // old.
        int left = again ? signals.get() : signals.addAndGet(-seen);
        if (left != 0) {
            schedule();
        }
    }

    /** Does what there is to do, up to the bound. True if there is more. */
    private boolean work() throws IOException, PartitionFailure {
        if (ended) {
            requests.clear();
            return false;
        }
        if (cancelled) {
            release();
            outlet.complete();
            return false;
        }
        if (failure != null) {
            throw failure;
        }
        takeRequests();
        if (start == null) {
            requireStartInTime();
            return false;
        }
        if (replicasChanged) {
            replicasChanged = false;
            requireServed();
        }
        arrive();
        if (!started) {
            return false;
        }
        beat();
        return delivery.pump();
    }

    private void requireStartInTime() {
        if (startOverdue) {
            throw MillraceException.of(
                    ErrorCode.SUBSCRIPTION_STALLED,
                    "no SubscribeStart came within %d s; open the stream when there is something to"
                                    .formatted(START_TIMEOUT.toSeconds())
                            + " follow");
        }
    }

    private void takeRequests() throws IOException, PartitionFailure {
        for (SubscribeRequest request = requests.poll();
                request != null;
                request = requests.poll()) {
            outlet.requestNext();
            switch (request.getRequestCase()) {
                case START -> open(request);
                case CREDIT -> addCredit(request.getCredit());
                case SEEK -> seek(request.getSeek());
                case SET_PAUSED -> setPaused(request.getSetPaused());
                case REQUEST_NOT_SET -> throw invalid("request", "the message is empty");
            }
        }
    }

    private void open(SubscribeRequest request) throws IOException, PartitionFailure {
        if (start != null) {
            throw invalid("start", "a stream is started once");
        }
        SubscriptionStart checked =
                SubscriptionStart.checked(
                        request.getStart(), context.handshake(), context.limits().maxPartitions());
        for (SubscriptionStart.Part part : checked.parts()) {
            FollowedPartition followed =
                    PartitionFailure.guard(part.handle(), () -> follow(part, checked.filter()));
            partitions.put(part.handle(), followed);
            followed.listen(
                    () -> {
                        ready.mark(followed);
                        signal();
                    });
        }
        if (checked.filter() != null) {
            heldBack.filters(
                    checked.filter().toString(),
                    partitions.values().stream()
                            .map(followed -> followed.served().log().partitionId())
                            .collect(Collectors.toSet()));
        }
        arrivals.start(checked, partitions, context.nanoTime().getAsLong());
        addCredit(checked.initialCredit());
        start = checked;
    }

    private FollowedPartition follow(SubscriptionStart.Part part, RecordFilter filter) {
        FollowedPartition followed =
                new FollowedPartition(
                        part.handle(),
                        part.topic(),
                        part.name(),
                        context.resolver().resolve(part.topic(), part.topicId(), part.partition()),
                        filter);
        followed.check(part.position());
        return followed;
    }

    /** Lets partitions arrive; those that cannot yet are looked at again soon. */
    private void arrive() throws IOException, PartitionFailure {
        arrivals.look(context.nanoTime().getAsLong());
        if (!arrivals.isEmpty()) {
            if (alarmSet.compareAndSet(false, true)) {
                context.alarm().after(Arrivals.LOOK_AGAIN, this::onAlarm);
            }
        } else if (!started) {
            started = true;
            life.heartbeat();
            outlet.send(
                    SubscriptionMessages.started(
                            context.handshake(), context.limits(), partitions.values()));
        }
    }

    private void onAlarm() {
        alarmSet.set(false);
        signal();
    }

    private void addCredit(Credit more) {
        SubscriptionStart.checkCredit(more);
        delivery.addCredit(more.getRecords(), more.getBytes());
    }

    private void seek(Seek seek) throws IOException, PartitionFailure {
        FollowedPartition followed = require(seek.getHandle());
        PartitionFailure.guard(
                followed.handle(),
                () -> {
                    followed.takeIncarnation(seek.getIncarnation());
                    followed.check(seek.getPosition());
                    return followed;
                });
        arrivals.seek(followed, seek.getPosition(), start.terms(), context.nanoTime().getAsLong());
    }

    private void setPaused(SetPaused request) throws IOException, PartitionFailure {
        FollowedPartition followed = require(request.getHandle());
        PartitionFailure.guard(
                followed,
                () -> {
                    followed.setPaused(request.getPaused());
                    return followed;
                });
        ready.mark(followed);
    }

    private FollowedPartition require(int handle) {
        // Not SubscribeStarted: it comes when all partitions have arrived, which can take seconds,
        // and
        // a subscriber may change its mind meanwhile.
        if (start == null) {
            throw invalid("request", "send SubscribeStart first");
        }
        FollowedPartition followed = partitions.get(handle);
        if (followed == null) {
            throw invalid("handle", "handle " + Integer.toUnsignedString(handle) + " is unknown");
        }
        return followed;
    }

    private static MillraceException invalid(String field, String why) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, why).with("field", field);
    }

    /** What concerns all partitions, also those that nothing is asked of, is looked at here. */
    private void beat() throws IOException, PartitionFailure {
        if (!life.heartbeatIsDue()) {
            return;
        }
        requireServed();
        long staleness = requireFresh();
        if (outlet.isReady()) {
            life.heartbeat();
            delivery.tellLeftOut(partitions.values());
            outlet.send(
                    SubscriptionMessages.heartbeat(
                            context.clock().millis(), partitions.values(), staleness));
        } else {
            // The connection is stuffed. As long as it moves the batches are the sign of life; the
            // heartbeat goes out as soon as there is room.
            life.requireProgress();
        }
    }

    private void requireServed() throws IOException, PartitionFailure {
        for (FollowedPartition followed : partitions.values()) {
            PartitionFailure.guard(
                    followed.handle(),
                    () -> {
                        followed.requireServed();
                        return followed;
                    });
        }
    }

    /** The age of the oldest state; ends the subscription if that is more than was asked for. */
    private long requireFresh() throws IOException, PartitionFailure {
        long oldest = 0;
        for (FollowedPartition followed : partitions.values()) {
            long staleness = followed.served().stalenessNanos();
            if (start.terms().isTooStale(staleness)) {
                throw PartitionFailure.of(
                        followed.handle(), followed.tooStale(start.terms(), staleness));
            }
            oldest = Math.max(oldest, staleness);
        }
        return oldest;
    }

    private void end(MillraceException reason, int handle) {
        if (ended) {
            return;
        }
        release();
        outlet.send(SubscriptionMessages.end(reason, handle));
        outlet.complete();
    }

    private void release() {
        ended = true;
        partitions.values().forEach(FollowedPartition::close);
        context.listener().closed();
    }
}
