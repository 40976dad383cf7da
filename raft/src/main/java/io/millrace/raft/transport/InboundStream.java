package io.millrace.raft.transport;

import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.millrace.raft.transport.FrameFormat.BadFrameException;
import io.millrace.raft.transport.FrameFormat.Received;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lane that a peer has opened: its requests come in, the answers go out. Thread-safe. */
final class InboundStream extends ServerCall.Listener<Frame>
        implements Outgoing.Sink, ConnectedPeers.Stream {

    private static final int READ_AHEAD = 16;

    /** Answers are small; a peer that takes none of so many is not there. */
    private static final long MAX_ANSWER_BYTES = 16L << 20;

    private final ServerCall<Frame, Frame> call;
    private final PeerIdentity peer;
    private final Lane lane;
    private final InboundLanes lanes;
    private final Outgoing outgoing = new Outgoing(this, MAX_ANSWER_BYTES);
    private final AtomicBoolean gathering = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();

    private volatile long heardAt;

    InboundStream(ServerCall<Frame, Frame> call, PeerIdentity peer, Lane lane, InboundLanes lanes) {
        this.call = call;
        this.peer = peer;
        this.lane = lane;
        this.lanes = lanes;
        this.heardAt = lanes.running();
    }

    PeerIdentity peer() {
        return peer;
    }

    Lane lane() {
        return lane;
    }

    void start() {
        // At once: the other side waits to hear who answers.
        call.sendHeaders(new Metadata());
        call.request(READ_AHEAD);
    }

    @Override
    public void onMessage(Frame frame) {
        heardAt = lanes.running();
        try {
            if (frame.parts().isEmpty()) {
                outgoing.signOfLife();
            }
            for (Received message : FrameFormat.read(frame)) {
                lanes.take(this, message);
            }
            call.request(1);
        } catch (BadFrameException e) {
            lanes.bad(this, e);
            end(Status.INVALID_ARGUMENT, e.getMessage());
        }
    }

    /** Where the answer to a request goes. */
    Answer answerTo(Received request) {
        return answer -> send(request, answer);
    }

    private void send(Received request, Message answer) {
        FrameFormat.Type type =
                answer instanceof ErrorResponse ? FrameFormat.Type.ERROR : FrameFormat.Type.ANSWER;
        OutgoingMessage message =
                new OutgoingMessage(
                        FrameFormat.write(type, request.method(), request.id(), answer));
        boolean gather = request.method() == RaftMethod.HEARTBEAT;
        Outgoing.Fate fate = gather ? outgoing.hold(message) : outgoing.offer(message);
        if (fate == Outgoing.Fate.FULL) {
            cut("it does not take its answers");
        } else if (gather && gathering.compareAndSet(false, true)) {
            lanes.later(
                    () -> {
                        gathering.set(false);
                        outgoing.release();
                    });
        }
    }

    @Override
    public void onReady() {
        outgoing.drain();
    }

    @Override
    public void onHalfClose() {
        end(Status.OK, "");
    }

    @Override
    public void onCancel() {
        left();
    }

    @Override
    public void onComplete() {
        left();
    }

    private void left() {
        if (ended.compareAndSet(false, true)) {
            outgoing.close();
            lanes.ended(this);
        }
    }

    @Override
    public void cut(String reason) {
        end(Status.ABORTED, reason);
    }

    private void end(Status status, String reason) {
        if (ended.compareAndSet(false, true)) {
            outgoing.close();
            lanes.ended(this);
            call.close(status.withDescription(reason), new Metadata());
        }
    }

    void tick(long silenceNanos) {
        long silent = lanes.running() - heardAt;
        if (silent >= silenceNanos) {
            cut("no sign of life for " + silent / 1_000_000 + " ms");
        }
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public void send(Frame frame) {
        call.sendMessage(frame);
    }
}
