package io.millrace.raft.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.millrace.raft.transport.FrameFormat.BadFrameException;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** One connection of a lane to a peer, from the attempt to its end. Thread-safe. */
final class LinkSession extends ClientCall.Listener<Frame> implements Outgoing.Sink {

    /** As much as a peer takes unasked; what waits behind it must be copied. */
    private static final int READY_BYTES = 4 << 20;

    private static final int READ_AHEAD = 16;

    /** To connect takes longer than to answer, when both sides have just started. */
    private static final long ATTEMPT_NANOS = 3_000_000_000L;

    /** A machine where nobody listens says so at once. */
    private static final long AT_ONCE_NANOS = 1_000_000_000L;

    private static final long SIGN_NANOS = 500_000_000L;

    final Outgoing outgoing;
    final ManagedChannel channel;

    private final PeerLink link;
    private final PeerIdentity self;
    private final ClientCall<Frame, Frame> call;
    private final long startedAt;
    private final AtomicLong heardAt;

    private volatile long signAt;
    private volatile boolean up;
    private volatile String refusal = "";

    LinkSession(PeerLink link, PeerIdentity self, ManagedChannel channel, long maxBytes, long now) {
        this.link = link;
        this.self = self;
        this.channel = channel;
        this.outgoing = new Outgoing(this, maxBytes);
        this.startedAt = now;
        this.heardAt = new AtomicLong(link.running());
        this.signAt = now;
        this.call =
                channel.newCall(
                        Exchange.METHOD, CallOptions.DEFAULT.withOnReadyThreshold(READY_BYTES));
    }

    void start() {
        Metadata headers = new Metadata();
        PeerHeaders.write(headers, self);
        PeerHeaders.writeTarget(headers, link.nodeId(), link.lane());
        call.start(this, headers);
        call.request(READ_AHEAD);
    }

    /** Whether the other side has taken the call, and is who it should be. */
    boolean isUp() {
        return up;
    }

    @Override
    public void onHeaders(Metadata headers) {
        Optional<String> wrong;
        try {
            wrong = link.answerRefusal(self, PeerHeaders.read(headers));
        } catch (IllegalArgumentException e) {
            wrong = Optional.of("what answers is no broker: " + e.getMessage());
        }
        if (wrong.isPresent()) {
            refusal = wrong.get();
            channel.shutdownNow();
        } else {
            up = true;
            link.opened(this);
        }
    }

    @Override
    public void onMessage(Frame frame) {
        heardAt.set(link.running());
        try {
            for (FrameFormat.Received message : FrameFormat.read(frame)) {
                link.answered(message);
            }
            call.request(1);
        } catch (BadFrameException e) {
            end(e.getMessage());
        }
    }

    @Override
    public void onReady() {
        outgoing.drain();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (!refusal.isEmpty()) {
            link.refused(this, refusal);
            return;
        }
        String description = status.getDescription();
        switch (status.getCode()) {
            case PERMISSION_DENIED -> {
                if (isWhomWasCalled(trailers)) {
                    link.turnedAway(description);
                }
                link.refused(this, description);
            }
            case UNAUTHENTICATED -> link.refused(this, description);
            default ->
                    link.ended(
                            this,
                            description == null ? status.toString() : reason(status),
                            isFromPeer(status));
        }
    }

    /** Whether a refusal is signed by the broker for which this connection is. */
    private boolean isWhomWasCalled(Metadata trailers) {
        try {
            return link.answerRefusal(self, PeerHeaders.read(trailers)).isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether the other machine has broken the connection, or would not have it. */
    private static boolean isFromPeer(Status status) {
        Throwable cause = status.getCause();
        return status.getCode() == Status.Code.UNAVAILABLE
                && (cause == null || cause instanceof IOException)
                && !(cause instanceof UnknownHostException)
                && !(cause instanceof NoRouteToHostException);
    }

    /** Whether it has been tried for a moment only. */
    boolean isYoung(long now) {
        return now - startedAt < AT_ONCE_NANOS;
    }

    private static String reason(Status status) {
        Throwable cause = status.getCause();
        return status.getDescription() + (cause == null ? "" : ": " + cause.getMessage());
    }

    /**
     * Looks whether the other side is still there.
     *
     * @param silenceNanos how long it may be silent while this process runs
     */
    void tick(long now, long silenceNanos) {
        long silent = link.running() - heardAt.get();
        if (silent >= (up ? silenceNanos : Math.max(silenceNanos, ATTEMPT_NANOS))) {
            end(
                    up
                            ? "no sign of life for " + silent / 1_000_000 + " ms"
                            : "no answer for " + silent / 1_000_000 + " ms");
        } else if (up && silent >= SIGN_NANOS && now - signAt >= SIGN_NANOS) {
            signAt = now;
            outgoing.signOfLife();
        }
    }

    /** Breaks the connection, for the other calls on it too. */
    void end(String reason) {
        link.ended(this, reason, false);
    }

    /** Lets go of the socket. */
    void close() {
        outgoing.close();
        channel.shutdownNow();
    }

    @Override
    public boolean isReady() {
        return up && call.isReady();
    }

    /** A call that is up has its transport, and writes a message into that's buffers at once. */
    @Override
    public void send(Frame frame) {
        call.sendMessage(frame);
    }
}
