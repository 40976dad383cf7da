package io.millrace.client.queue;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.millrace.client.cluster.BrokerStream;
import io.millrace.client.cluster.Patience;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.message.AliasingMarshaller;
import io.millrace.v1.Credit;
import io.millrace.v1.QueuePartition;
import io.millrace.v1.QueueServiceGrpc;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.ReceiveResponse;
import io.millrace.v1.ReceiveStart;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One stream of deliveries from one broker. Messages come on network threads, all else is guarded
 * by the owner's lock.
 */
final class ReceiveStream extends BrokerStream<ReceiveRequest, ReceiveResponse> {
    /** Batches are not copied again when they have come. */
    private static final MethodDescriptor<ReceiveRequest, ReceiveResponse> RECEIVE =
            AliasingMarshaller.ofResponses(
                    QueueServiceGrpc.getReceiveMethod(), ReceiveResponse.parser());

    /** What happens on a stream; called on network threads. */
    interface Listener {
        void received(ReceiveStream stream, ReceiveResponse response);

        void ended(ReceiveStream stream, MillraceException why);
    }

    /** A process that is busy does not stand still. */
    private static final long SHORTEST_DOUBT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** As with what has waited here: after half of its lease it is not given any more. */
    private static final int DOUBTED_PART = 2;

    private final List<QueueSource> sources;
    private final CreditPool.Line line;
    private final Listener listener;
    private final Outbox outbox = new Outbox();
    private final Patience patience = new Patience();
    private int leaseMs;
    private boolean flushing;

    ReceiveStream(
            String address, List<QueueSource> sources, CreditPool.Line line, Listener listener) {
        super(address);
        this.sources = new ArrayList<>(sources);
        this.line = line;
        this.listener = listener;
    }

    List<QueueSource> sources() {
        return sources;
    }

    CreditPool.Line line() {
        return line;
    }

    Outbox outbox() {
        return outbox;
    }

    Patience patience() {
        return patience;
    }

    /**
     * Opens the stream; its credit comes later.
     *
     * @param start what all streams of the receiver ask for
     */
    void open(Channel channel, ReceiveStart.Builder start) {
        for (QueueSource source : sources) {
            source.setStream(this);
            start.addPartitions(
                    QueuePartition.newBuilder()
                            .setHandle(source.handle())
                            .setTopic(source.partition().topic())
                            .setTopicId(source.wire().getTopicId())
                            .setPartition(source.partition().partition())
                            .setFromFirstRecord(source.isFromFirst()));
        }
        ClientCalls.asyncBidiStreamingCall(channel.newCall(RECEIVE, CallOptions.DEFAULT), this);
        send(ReceiveRequest.newBuilder().setStart(start).build());
    }

    void allow(CreditPool.Amount credit) {
        if (!credit.isNothing()) {
            send(
                    ReceiveRequest.newBuilder()
                            .setCredit(
                                    Credit.newBuilder()
                                            .setRecords(credit.records())
                                            .setBytes(credit.bytes()))
                            .build());
        }
    }

    /** Sends what waits. */
    void flush(long nowNanos) {
        flushing = false;
        if (isStarted()) {
            outbox.flush(message -> send(message.build()), nowNanos);
        }
    }

    /** Whether what waits is to be sent soon, by nobody yet; from now on by whoever asks. */
    boolean beginFlush() {
        boolean first = !flushing;
        flushing = true;
        return first;
    }

    /** The broker has answered. */
    void started(int ms) {
        leaseMs = Math.max(1, ms);
    }

    boolean isStarted() {
        return leaseMs > 0;
    }

    /** How long a delivery may take. */
    int leaseMs() {
        return leaseMs;
    }

    /**
     * Whether what is read from it after this process stood still for so long may have been sent
     * too long ago: nobody can tell how long it has lain in the connection.
     */
    boolean isDoubtfulAfter(long stillNanos) {
        long leaseNanos = TimeUnit.MILLISECONDS.toNanos(leaseMs);
        return stillNanos >= Math.max(SHORTEST_DOUBT_NANOS, leaseNanos / DOUBTED_PART);
    }

    /** Says that nothing more will be said: what was not settled is delivered again at once. */
    void sayLast() {
        finish();
    }

    @Override
    protected void received(ReceiveResponse response) {
        listener.received(this, response);
    }

    @Override
    protected void failed(MillraceException why) {
        listener.ended(this, why);
    }
}
