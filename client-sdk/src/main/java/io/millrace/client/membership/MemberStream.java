package io.millrace.client.membership;

import io.grpc.Channel;
import io.millrace.client.cluster.BrokerStream;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.GroupServiceGrpc;
import io.millrace.v1.Join;
import io.millrace.v1.MemberHeartbeat;
import io.millrace.v1.MemberProgress;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * One stream to a coordinator and its heartbeats. Messages come on network threads; all else is
 * guarded by the owner's lock.
 */
final class MemberStream extends BrokerStream<MemberRequest, MemberResponse> {
    private static final int MAX_UNANSWERED_HEARTBEATS = 64;

    /** What happens on a stream; called on network threads. */
    interface Listener {
        void received(MemberStream stream, MemberResponse response);

        void ended(MemberStream stream, MillraceException why);
    }

    private record Beat(long sequence, long sentNanos) {}

    private final Listener listener;
    private final Deque<Beat> unanswered = new ArrayDeque<>();
    private final ProgressReport report = new ProgressReport();
    private long openedNanos;
    private long heardNanos;
    private long lastSequence;
    private boolean joined;

    MemberStream(String address, Listener listener) {
        super(address);
        this.listener = listener;
    }

    void open(Channel channel, Join join, long nowNanos) {
        openedNanos = nowNanos;
        heardNanos = nowNanos;
        GroupServiceGrpc.newStub(channel).attend(this);
        send(MemberRequest.newBuilder().setJoin(join));
    }

    void send(MemberRequest.Builder request) {
        send(request.build());
    }

    /** Tells that the member lives, and what has changed of its progress. */
    void beat(List<MemberProgress> progress, long nowNanos) {
        if (unanswered.size() == MAX_UNANSWERED_HEARTBEATS) {
            unanswered.poll();
        }
        unanswered.add(new Beat(++lastSequence, nowNanos));
        send(
                MemberRequest.newBuilder()
                        .setHeartbeat(
                                MemberHeartbeat.newBuilder()
                                        .setSequence(lastSequence)
                                        .addAllProgress(report.next(progress))));
    }

    /**
     * A heartbeat was answered.
     *
     * @return when it was sent: the coordinator cannot have heard of it before
     */
    long answered(long sequence) {
        long sent = openedNanos;
        while (!unanswered.isEmpty() && unanswered.peek().sequence() <= sequence) {
            sent = unanswered.poll().sentNanos();
        }
        return sent;
    }

    /** When the stream was opened: the join cannot have come before. */
    long openedNanos() {
        return openedNanos;
    }

    void heard(long nowNanos) {
        heardNanos = nowNanos;
    }

    /** How long nothing has come, in nanoseconds. */
    long silentNanos(long nowNanos) {
        return nowNanos - heardNanos;
    }

    boolean isJoined() {
        return joined;
    }

    void markJoined() {
        joined = true;
    }

    @Override
    protected void received(MemberResponse response) {
        listener.received(this, response);
    }

    @Override
    protected void failed(MillraceException why) {
        listener.ended(this, why);
    }
}
