package io.millrace.raft.transport;

import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.millrace.raft.transport.FrameFormat.BadFrameException;
import io.millrace.raft.transport.InFlight.Callback;
import io.millrace.raft.transport.InFlight.Failure;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane to one peer, which is connected again whenever it breaks. What is in flight then fails
 * at once. Thread-safe; never blocks.
 */
final class PeerLink {

    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

    private final int nodeId;
    private final Lane lane;
    private final LinkContext context;
    private final InFlight inFlight = new InFlight();
    private final AtomicLong nextId = new AtomicLong();
    private final AtomicLong connects = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong timeouts = new AtomicLong();
    private final AtomicBoolean gathering = new AtomicBoolean();
    private final Backoff backoff;

    private volatile LinkSession session;
    private volatile String problem = "it has not been connected yet";
    private volatile boolean absent;
    private long attemptAt;
    private boolean closed;

    PeerLink(int nodeId, Lane lane, LinkContext context) {
        this.nodeId = nodeId;
        this.lane = lane;
        this.context = context;
        PeerOptions options = context.options();
        this.backoff = new Backoff(options.firstRetry().toNanos(), options.lastRetry().toNanos());
        this.attemptAt = now();
    }

    int nodeId() {
        return nodeId;
    }

    Lane lane() {
        return lane;
    }

    long now() {
        return context.nanoTime().getAsLong();
    }

    boolean isUp() {
        LinkSession current = session;
        return current != null && current.isUp();
    }

    /**
     * Whether the last attempt was refused or broken at once, before anybody answered: the process
     * there is gone, and with it all that it had connected.
     */
    boolean isAbsent() {
        return absent;
    }

    /** The time by which silence is measured. */
    long running() {
        return context.running().now();
    }

    /** Why it is not up; empty if it is. */
    String problem() {
        return isUp() ? "" : problem;
    }

    /** The connection as a channel for other calls; null if there is none at the moment. */
    Channel channel() {
        LinkSession current = session;
        return current == null ? null : current.channel;
    }

    /**
     * Sends a request. Nothing of it is used after the call.
     *
     * @param gather whether it may wait a moment for others
     * @return false if the queue is full: the callback is not called then
     */
    boolean send(
            RaftMethod method,
            Message request,
            boolean gather,
            long timeoutMillis,
            Callback callback) {
        LinkSession current = session;
        if (current == null || !current.isUp()) {
            callback.failed(Failure.DISCONNECTED, problem());
            return true;
        }
        long id = nextId.incrementAndGet();
        OutgoingMessage message = FrameFormat.request(method, id, request);
        bytesOut.addAndGet(message.bytes());
        inFlight.add(id, callback, now() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
        Outgoing.Fate fate =
                gather ? current.outgoing.hold(message) : current.outgoing.offer(message);
        if (fate == Outgoing.Fate.TAKEN) {
            if (gather) {
                releaseSoon();
            }
            return true;
        }
        Callback left = inFlight.remove(id);
        if (left == null) {
            return true;
        }
        if (fate == Outgoing.Fate.FULL) {
            context.listener().overflowed(nodeId, lane);
            return false;
        }
        left.failed(Failure.DISCONNECTED, problem());
        return true;
    }

    private void releaseSoon() {
        if (gathering.compareAndSet(false, true)) {
            context.later(
                    () -> {
                        gathering.set(false);
                        release();
                    });
        }
    }

    /** Sends what waits for others to go with it. */
    void release() {
        LinkSession current = session;
        if (current != null) {
            current.outgoing.release();
        }
    }

    /** Connects if need be and it is time; looks after what is there. Called often. */
    void tick() {
        long now = now();
        int expired = inFlight.expire(now);
        for (int i = 0; i < expired; i++) {
            timeouts.incrementAndGet();
            context.listener().timedOut(nodeId, lane);
        }
        LinkSession current = session;
        if (current != null) {
            current.tick(now, context.options().silence(lane).toNanos());
        } else {
            connect(now);
        }
    }

    private synchronized void connect(long now) {
        if (closed || session != null || now - attemptAt < 0) {
            return;
        }
        PeerIdentity self = context.handshake().self();
        Optional<String> address = context.addresses().address(nodeId);
        if (self == null || address.isEmpty()) {
            problem = self == null ? "this broker is in no cluster yet" : "its address is unknown";
            attemptAt = now + backoff.afterFailure();
            return;
        }
        ManagedChannel channel;
        try {
            channel = context.open(address.get(), lane);
        } catch (IllegalArgumentException e) {
            failed("its address " + address.get() + " is none: " + e.getMessage());
            return;
        }
        session = new LinkSession(this, self, channel, context.options().queueBytes(), now);
        session.start();
    }

    /** Who answers is asked for here, because the guard may have learnt of it only now. */
    Optional<String> answerRefusal(PeerIdentity self, PeerIdentity peer) {
        return context.handshake().answerRefusal(self, peer, nodeId);
    }

    void opened(LinkSession opened) {
        synchronized (this) {
            if (session != opened) {
                return;
            }
            backoff.reset();
            problem = "";
            absent = false;
            connects.incrementAndGet();
        }
        LOG.info("Connected to node {}, {} lane", nodeId, lane);
        context.listener().connected(nodeId, lane);
    }

    void turnedAway(String reason) {
        context.listener().turnedAway(nodeId, reason);
    }

    void refused(LinkSession refused, String reason) {
        if (context.limit().allows(nodeId + reason)) {
            LOG.warn("Node {} and this broker do not talk to each other: {}", nodeId, reason);
        }
        context.listener().refused(nodeId, reason);
        ended(refused, reason, false);
    }

    /**
     * @param byPeer whether the other machine has ended it; else its silence or this broker did
     */
    void ended(LinkSession ended, String reason, boolean byPeer) {
        boolean wasUp = ended.isUp();
        synchronized (this) {
            if (session != ended) {
                return;
            }
            session = null;
            absent = byPeer && !wasUp && ended.isYoung(now());
            failed(reason);
            if (byPeer && wasUp) {
                // Whether the other has gone is known at once by asking for it.
                attemptAt = now();
                context.soon(this::tick);
            }
        }
        ended.close();
        inFlight.failAll("node " + nodeId + ": " + reason);
        if (wasUp) {
            LOG.info("Lost node {}, {} lane: {}", nodeId, lane, reason);
            context.listener().disconnected(nodeId, lane, reason);
            if (lane == Lane.CONTROL) {
                // The other lanes notice later that the peer has gone.
                context.onLoss().lost(nodeId, reason);
            }
        } else if (context.limit().allows(nodeId + lane.toString())) {
            LOG.info("Node {} cannot be reached, {} lane: {}", nodeId, lane, reason);
        }
        if (absent && lane == Lane.CONTROL) {
            context.onAbsence().accept(nodeId);
        }
    }

    private void failed(String reason) {
        problem = reason;
        attemptAt = now() + backoff.afterFailure();
    }

    void answered(FrameFormat.Received message) throws BadFrameException {
        bytesIn.addAndGet(message.bytes());
        if (message.type() == FrameFormat.Type.REQUEST) {
            throw new BadFrameException("a request came where answers are awaited");
        }
        Message content = message.message();
        Callback callback = inFlight.remove(message.id());
        if (callback != null) {
            callback.answered(content);
        }
    }

    /** Breaks the connection; it is made again. */
    void cut(String reason) {
        LinkSession current = session;
        if (current != null) {
            current.end(reason);
        }
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
        cut("this broker is stopping");
    }

    PeerTraffic traffic() {
        LinkSession current = session;
        return new PeerTraffic(
                nodeId,
                lane,
                isUp(),
                problem(),
                connects.get(),
                nextId.get(),
                bytesOut.get(),
                bytesIn.get(),
                current == null ? 0 : current.outgoing.waitingBytes(),
                inFlight.size(),
                timeouts.get());
    }
}
