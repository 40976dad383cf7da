package io.millrace.client.publish;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishServiceGrpc;
import io.millrace.v1.PublishWelcome;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * One publish stream to one broker, for one producer id. gRPC's callbacks become events of the
 * sender; all else belongs to the sender's thread.
 */
final class PublishStream implements ClientResponseObserver<PublishRequest, PublishResponse> {
    private static final int PROTOCOL_VERSION = 1;

    /**
     * What gRPC may hold before it says that it is not ready: some batches, so that it is not idle.
     */
    private static final int ON_READY_BYTES = 1 << 20;

    /** What happens on a stream; called on the sender's thread. */
    interface Listener {
        void welcomed(PublishStream stream, PublishWelcome welcome);

        void answered(PublishStream stream, PublishResponse response);

        void ready(PublishStream stream);

        void broke(PublishStream stream, MillraceException why);
    }

    /** A batch that waits for its answer. */
    record InFlight(Lane lane, PendingBatch batch, long sentNanos) {}

    private final String address;
    private final Producer producer;
    private final Sender sender;
    private final Listener listener;
    private final Set<Lane> lanes = new LinkedHashSet<>();
    private final Map<Long, InFlight> inFlight = new HashMap<>();
    private ClientCallStreamObserver<PublishRequest> call;
    private PublishWelcome welcome;
    private boolean retired;
    private boolean ended;
    private long lastCorrelationId;

    PublishStream(String address, Producer producer, Sender sender, Listener listener) {
        this.address = address;
        this.producer = producer;
        this.sender = sender;
        this.listener = listener;
    }

    /** Opens the stream and says hello. */
    void open(Channel channel, String clientName, String clusterId) {
        ClientCall<PublishRequest, PublishResponse> grpc =
                channel.newCall(
                        PublishServiceGrpc.getPublishMethod(),
                        CallOptions.DEFAULT.withOnReadyThreshold(ON_READY_BYTES));
        ClientCalls.asyncBidiStreamingCall(grpc, this);
        call.onNext(
                PublishRequest.newBuilder()
                        .setHello(
                                PublishHello.newBuilder()
                                        .setProtocolVersion(PROTOCOL_VERSION)
                                        .setClientName(clientName)
                                        .setProducerId(producer.id())
                                        .setProducerEpoch(producer.epoch())
                                        .setClusterId(clusterId))
                        .build());
    }

    String address() {
        return address;
    }

    Producer producer() {
        return producer;
    }

    /** The partitions that send on it. */
    Set<Lane> lanes() {
        return lanes;
    }

    /** The last of its lanes to be served next. */
    void moveToEnd(Lane lane) {
        if (lanes.remove(lane)) {
            lanes.add(lane);
        }
    }

    /** Whether it takes batches: welcomed, not retired, not ended. */
    boolean isOpen() {
        return welcome != null && !retired && !ended;
    }

    boolean isWelcomed() {
        return welcome != null;
    }

    /** Whether the network keeps up. When it does again, {@link Listener#ready} is called. */
    boolean isReady() {
        return call.isReady();
    }

    /** How many batches of a partition may be in flight. */
    int maxInFlight() {
        return Math.max(1, welcome.getMaxInFlightBatches());
    }

    /** No new batches on it; what is in flight is still answered. */
    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired || ended;
    }

    void send(Lane lane, PendingBatch batch, ByteBuffer bytes, int timeoutMs, long nowNanos) {
        long id = ++lastCorrelationId;
        inFlight.put(id, new InFlight(lane, batch, nowNanos));
        call.onNext(
                PublishRequest.newBuilder()
                        .setAppend(
                                BatchAppend.newBuilder()
                                        .setCorrelationId(id)
                                        .setTopic(lane.partition().topic())
                                        .setTopicId(lane.topicId())
                                        .setPartition(lane.partition().partition())
                                        .setTimeoutMs(timeoutMs)
                                        // The array is not changed: a new number makes a new one.
                                        .setBatch(UnsafeByteOperations.unsafeWrap(bytes)))
                        .build());
    }

    /** The batch of an answer, which no longer waits; null: nobody waits for it. */
    InFlight take(long correlationId) {
        return inFlight.remove(correlationId);
    }

    /** Answers for this partition are of no interest any more. */
    void forget(Lane lane) {
        inFlight.values().removeIf(waiting -> waiting.lane() == lane);
    }

    /** Says that nothing more comes; the broker answers what it has and closes. */
    void halfClose() {
        if (!ended) {
            retired = true;
            call.onCompleted();
        }
    }

    /** Ends it now; {@link Listener#broke} follows. */
    void cancel(MillraceException why) {
        if (!ended) {
            end(why);
            call.cancel(why.getMessage(), why);
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<PublishRequest> stream) {
        call = stream;
        stream.setOnReadyHandler(() -> sender.post(() -> listener.ready(this)));
    }

    @Override
    public void onNext(PublishResponse response) {
        sender.post(() -> receive(response));
    }

    @Override
    public void onError(Throwable failure) {
        sender.post(() -> end(WireError.fromThrowable(failure).with("broker", address)));
    }

    @Override
    public void onCompleted() {
        sender.post(
                () ->
                        end(
                                MillraceException.of(
                                        ErrorCode.NOT_READY,
                                        "the broker at " + address + " has closed the stream")));
    }

    private void receive(PublishResponse response) {
        if (ended) {
            return;
        }
        if (response.hasWelcome()) {
            welcome = response.getWelcome();
            listener.welcomed(this, welcome);
        } else {
            listener.answered(this, response);
        }
    }

    private void end(MillraceException why) {
        if (!ended) {
            ended = true;
            inFlight.clear();
            listener.broke(this, why);
        }
    }
}
