package io.millrace.broker.subscription;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.partition.LogReader;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Credit;
import io.millrace.v1.Position;
import io.millrace.v1.Seek;
import io.millrace.v1.SetPaused;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final SignsOfLife life;

    /** At most one request waits: the next is asked for when it has been taken. */
    private final ArrayBlockingQueue<SubscribeRequest> requests = new ArrayBlockingQueue<>(2);

    private final AtomicInteger signals = new AtomicInteger();
    private final Runnable appendListener = this::signal;
    private volatile boolean cancelled;
    private volatile MillraceException failure;
    private volatile boolean barrierPassed;

    // Confined to the turn.
    private final Map<Integer, FollowedPartition> partitions = new LinkedHashMap<>();
    private final CreditBalance credit = new CreditBalance();
    private Rotation rotation = Rotation.EMPTY;
    private SubscriptionStart start;
    private boolean started;
    private boolean ended;

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
        this.life = new SignsOfLife(limits);
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
        if (!ended && start != null && !started && barrierPassed) {
            begin();
        }
        if (!ended && started) {
            sendHeartbeat();
        }
        return !ended && started && pump();
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
        Set<Object> asked = new HashSet<>();
        for (SubscriptionStart.Part part : start.parts()) {
            ServedPartition served;
            try {
                served = resolver.resolve(part.topic(), part.topicId(), part.partition());
            } catch (MillraceException e) {
                end(e, part.handle());
                return;
            }
            partitions.put(
                    part.handle(),
                    new FollowedPartition(part.handle(), part.topic(), part.name(), served));
            if (needsBarrier(part.position(), served) && asked.add(served.shard())) {
                barriers.add(served.readBarrier());
            }
        }
        CompletableFuture.allOf(barriers.toArray(CompletableFuture[]::new))
                .orTimeout(limits.startTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, error) -> onBarrier(error));
    }

    /**
     * Whether the position can only be judged at the true log end. What lies below the end known
     * here is served at once, also while a full disk keeps the shard from applying.
     */
    private static boolean needsBarrier(Position position, ServedPartition served) {
        return switch (position.getPositionCase()) {
            case EARLIEST -> false;
            case OFFSET -> position.getOffset() > served.log().endOffset();
            case LATEST, TIMESTAMP_MS, POSITION_NOT_SET -> true;
        };
    }

    private void onBarrier(Throwable error) {
        if (error == null) {
            barrierPassed = true;
            signal();
        } else {
            fail(
                    MillraceException.of(
                            ErrorCode.LEADER_UNAVAILABLE,
                            "the partitions' leader did not confirm the log end (waited %d s at most);"
                                            .formatted(limits.startTimeout().toSeconds())
                                    + " try again"));
        }
    }

    private void begin() throws IOException {
        for (SubscriptionStart.Part part : start.parts()) {
            FollowedPartition followed = partitions.get(part.handle());
            followed.served().log().addAppendListener(appendListener);
            of(
                    followed,
                    () -> {
                        followed.moveTo(part.position(), 0);
                        return null;
                    });
            if (ended) {
                return;
            }
        }
        rotation = new Rotation(partitions.values());
        addCredit(start.initialCredit());
        started = true;
        life.heartbeat();
        outlet.send(SubscriptionMessages.started(handshake, limits, rotation));
    }

    private void addCredit(Credit more) {
        SubscriptionStart.checkCredit(more);
        credit.add(more.getRecords(), more.getBytes());
    }

    private void seek(Seek seek) throws IOException {
        FollowedPartition followed = require(seek.getHandle());
        of(
                followed,
                () -> {
                    followed.seek(seek.getPosition(), seek.getIncarnation());
                    return null;
                });
    }

    private void setPaused(SetPaused request) throws IOException {
        FollowedPartition followed = require(request.getHandle());
        of(
                followed,
                () -> {
                    followed.setPaused(request.getPaused());
                    return null;
                });
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

    private void sendHeartbeat() throws IOException {
        if (!life.heartbeatIsDue()) {
            return;
        }
        FollowedPartition deleted = rotation.deleted();
        if (deleted != null) {
            // Said here, since nothing is asked of a partition without credit.
            of(
                    deleted,
                    () -> {
                        deleted.requireExists();
                        return null;
                    });
        } else if (outlet.isReady()) {
            life.heartbeat();
            outlet.send(SubscriptionMessages.heartbeat(clock.millis(), rotation));
        } else {
            // The connection is stuffed. As long as it moves the batches are the sign of life; the
            // heartbeat goes out as soon as there is room.
            life.requireProgress();
        }
    }

    /** Sends batches, a partition after the other. True if the bound of the turn ended it. */
    private boolean pump() throws IOException {
        int idle = 0;
        for (int sent = 0; sent < MESSAGES_PER_TURN; ) {
            if (idle == rotation.size() || !credit.isPositive() || !outlet.isReady()) {
                return false;
            }
            FollowedPartition followed = rotation.current();
            SubscribeResponse message = nextOf(followed);
            if (ended) {
                return false;
            }
            if (!followed.hasReadAhead()) {
                // Only then the next one: so a subscription holds the read-ahead of one partition
                // in memory, not of all.
                rotation.advance();
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
        return of(
                followed,
                () -> {
                    followed.requireExists();
                    return followed.hasMore()
                            ? followed.next(Math.max(1, credit.bytesUpTo(limits.readBytes())))
                            : null;
                });
    }

    /** Something done with one partition. */
    private interface PartitionStep {
        SubscribeResponse run() throws IOException;
    }

    /** Does it; if it fails, the subscription ends and says at which partition. */
    private SubscribeResponse of(FollowedPartition followed, PartitionStep step)
            throws IOException {
        try {
            return step.run();
        } catch (MillraceException e) {
            end(e, followed.handle());
        } catch (LogReader.CorruptLogException e) {
            LOG.error("stored records of {} cannot be read", followed.name(), e);
            end(
                    MillraceException.of(
                            ErrorCode.CORRUPT_LOG,
                            "stored records of %s cannot be read: %s; subscribe from behind them"
                                            .formatted(followed.name(), e.getMessage())
                                    + " to go on"),
                    followed.handle());
        }
        return null;
    }

    private void send(FollowedPartition followed, SubscribeResponse message) {
        life.progress();
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
        outlet.send(SubscriptionMessages.end(reason, handle));
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
