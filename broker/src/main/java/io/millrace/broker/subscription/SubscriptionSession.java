package io.millrace.broker.subscription;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.partition.LogReader;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.Credit;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.Position;
import io.millrace.v1.Seek;
import io.millrace.v1.SetPaused;
import io.millrace.v1.SubscribeEnd;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeStarted;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscribe stream. Whatever happens (a request, an append, room in the connection, a tick)
 * only signals; one turn at a time then does all there is to do, on the executor given. A turn is
 * bounded, so that subscriptions share the threads fairly.
 */
public final class SubscriptionSession {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionSession.class);

    /** How many messages one turn may send before others have theirs. */
    private static final int MESSAGES_PER_TURN = 64;

    private final PartitionResolver resolver;
    private final SubscriptionOutlet outlet;
    private final Executor executor;
    private final Clock clock;
    private final SubscriptionLimits limits;
    private final SubscriptionListener listener;
    private final Handshake handshake;

    /** At most one request waits: the next is asked for when it has been taken. */
    private final ArrayBlockingQueue<SubscribeRequest> requests = new ArrayBlockingQueue<>(2);

    private final AtomicInteger signals = new AtomicInteger();
    private final Runnable appendListener = this::signal;
    private volatile boolean heartbeatDue;
    private volatile boolean cancelled;
    private volatile MillraceException failure;
    private volatile boolean barrierPassed;

    // Confined to the turn.
    private final Map<Integer, FollowedPartition> partitions = new LinkedHashMap<>();
    private final CreditBalance credit = new CreditBalance();
    private List<FollowedPartition> rotation = List.of();
    private int rotationNext;
    private SubscriptionStart start;
    private boolean started;
    private boolean ended;
    private int ticksBlocked;

    public SubscriptionSession(
            Handshake handshake,
            PartitionResolver resolver,
            SubscriptionOutlet outlet,
            Executor executor,
            Clock clock,
            SubscriptionLimits limits,
            SubscriptionListener listener) {
        this.handshake = handshake;
        this.resolver = resolver;
        this.outlet = outlet;
        this.executor = executor;
        this.clock = clock;
        this.limits = limits;
        this.listener = listener;
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
        heartbeatDue = true;
        signal();
    }

    /** The subscriber is gone or has closed its side. */
    public void onClosed() {
        cancelled = true;
        signal();
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
            executor.execute(this::turn);
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
        } catch (MillraceException e) {
            end(e, 0);
        } catch (IOException | RuntimeException e) {
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
    private boolean work() throws IOException {
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
            end(failure, 0);
            return false;
        }
        takeRequests();
        if (start != null && !started && barrierPassed) {
            begin();
        }
        if (!started) {
            return false;
        }
        sendHeartbeat();
        return pump();
    }

    private void takeRequests() throws IOException {
        for (SubscribeRequest request = requests.poll();
                request != null && !ended;
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

    private void open(SubscribeRequest request) {
        if (start != null) {
            throw invalid("start", "a stream is started once");
        }
        start = SubscriptionStart.checked(request.getStart(), handshake, limits.maxPartitions());
        List<CompletableFuture<Void>> barriers = new ArrayList<>();
        for (SubscriptionStart.Part part : start.parts()) {
            ServedPartition served =
                    resolver.resolve(part.topic(), part.topicId(), part.partition());
            partitions.put(
                    part.handle(),
                    new FollowedPartition(part.handle(), part.topic(), part.name(), served));
            barriers.add(served.readBarrier());
        }
        CompletableFuture.allOf(barriers.toArray(CompletableFuture[]::new))
                .orTimeout(limits.startTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, error) -> onBarrier(error));
    }

    private void onBarrier(Throwable error) {
        if (error == null) {
            barrierPassed = true;
            signal();
        } else {
            fail(
                    MillraceException.of(
                            ErrorCode.LEADER_UNAVAILABLE,
                            "the partitions' leader did not confirm the log end within "
                                    + limits.startTimeout().toSeconds()
                                    + " s; try again"));
        }
    }

    private void begin() throws IOException {
        for (SubscriptionStart.Part part : start.parts()) {
            FollowedPartition followed = partitions.get(part.handle());
            followed.served().log().addAppendListener(appendListener);
            if (!moved(followed, part.position(), 0)) {
                return;
            }
        }
        rotation = List.copyOf(partitions.values());
        addCredit(start.initialCredit());
        started = true;
        SubscribeStarted.Builder answer =
                SubscribeStarted.newBuilder()
                        .setProtocolVersion(Handshake.PROTOCOL_VERSION)
                        .setClusterId(handshake.clusterId())
                        .setHeartbeatIntervalMs((int) limits.heartbeatInterval().toMillis());
        rotation.forEach(followed -> answer.addPositions(followed.position()));
        outlet.send(SubscribeResponse.newBuilder().setStarted(answer).build());
    }

    private void addCredit(Credit more) {
        SubscriptionStart.checkCredit(more);
        credit.add(more.getRecords(), more.getBytes());
    }

    private void seek(Seek seek) throws IOException {
        moved(require(seek.getHandle()), seek.getPosition(), seek.getIncarnation());
    }

    /** Moves a partition; false if that ended the subscription. */
    private boolean moved(FollowedPartition followed, Position position, int incarnation)
            throws IOException {
        try {
            followed.moveTo(position, incarnation);
            return true;
        } catch (MillraceException e) {
            end(e, followed.handle());
            return false;
        }
    }

    private void setPaused(SetPaused request) {
        require(request.getHandle()).setPaused(request.getPaused());
    }

    private FollowedPartition require(int handle) {
        if (!started) {
            throw invalid("request", "wait for SubscribeStarted first");
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

    private void sendHeartbeat() {
        if (!heartbeatDue) {
            return;
        }
        heartbeatDue = false;
        if (!outlet.isReady()) {
            // The connection is stuffed: the subscriber sees life once it reads, or is cut.
            ticksBlocked++;
            long blockedMs = ticksBlocked * limits.heartbeatInterval().toMillis();
            if (blockedMs >= limits.stallTimeout().toMillis()) {
                throw MillraceException.of(
                        ErrorCode.SUBSCRIPTION_STALLED,
                        "nothing was taken off the connection for "
                                + limits.stallTimeout().toSeconds()
                                + " s; subscribe again and read faster");
            }
            return;
        }
        ticksBlocked = 0;
        Heartbeat.Builder heartbeat = Heartbeat.newBuilder().setServerTimeMs(clock.millis());
        rotation.forEach(followed -> heartbeat.addPositions(followed.position()));
        outlet.send(SubscribeResponse.newBuilder().setHeartbeat(heartbeat).build());
    }

    /** Sends batches, a partition after the other. True if the bound of the turn ended it. */
    private boolean pump() throws IOException {
        int idle = 0;
        for (int sent = 0; sent < MESSAGES_PER_TURN; ) {
            if (idle == rotation.size() || !credit.isPositive() || !outlet.isReady()) {
                return false;
            }
            FollowedPartition followed = rotation.get(rotationNext);
            SubscribeResponse message = nextOf(followed);
            if (ended) {
                return false;
            }
            if (!followed.hasReadAhead()) {
                // Only then the next one: so a subscription holds the read-ahead of one partition
                // in memory, not of all.
                rotationNext = (rotationNext + 1) % rotation.size();
            }
            if (message == null) {
                idle++;
            } else {
                idle = 0;
                sent++;
                send(followed, message);
            }
        }
        return true;
    }

    private SubscribeResponse nextOf(FollowedPartition followed) throws IOException {
        if (!followed.served().exists()) {
            end(
                    MillraceException.of(ErrorCode.UNKNOWN_TOPIC, followed.name() + " was deleted"),
                    followed.handle());
            return null;
        }
        if (!followed.hasMore()) {
            return null;
        }
        try {
            return followed.next(Math.max(1, credit.bytesUpTo(limits.readBytes())));
        } catch (LogReader.CorruptLogException e) {
            LOG.error("stored records of {} cannot be read", followed.name(), e);
            end(
                    MillraceException.of(
                            ErrorCode.CORRUPT_LOG,
                            "stored records of %s cannot be read: %s; seek behind them to go on"
                                    .formatted(followed.name(), e.getMessage())),
                    followed.handle());
            return null;
        }
    }

    private void send(FollowedPartition followed, SubscribeResponse message) {
        if (message.hasBatch()) {
            int bytes = message.getBatch().getBatch().size();
            credit.spend(message.getBatch().getRecordCount(), bytes);
            listener.delivered(followed.topic(), message.getBatch().getRecordCount(), bytes);
        } else {
            listener.gap(message.getGap().getReason());
        }
        outlet.send(message);
    }

    private void end(MillraceException reason, int handle) {
        if (ended) {
            return;
        }
        release();
        outlet.send(
                SubscribeResponse.newBuilder()
                        .setEnd(
                                SubscribeEnd.newBuilder()
                                        .setError(WireError.toDetail(reason))
                                        .setHandle(handle))
                        .build());
        outlet.complete();
    }

    private void release() {
        ended = true;
        Collection<FollowedPartition> all = partitions.values();
        for (FollowedPartition followed : all) {
            followed.served().log().removeAppendListener(appendListener);
            followed.close();
        }
        listener.closed();
    }
}
