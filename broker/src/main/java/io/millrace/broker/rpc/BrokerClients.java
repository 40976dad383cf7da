package io.millrace.broker.rpc;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.topics.RemotePartitions;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.DescribeTopicResponse;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FindOffsetsResponse;
import io.millrace.v1.TopicServiceGrpc;
import io.millrace.v1.TopicServiceGrpc.TopicServiceStub;
import io.millrace.v1.TrimTopicRequest;
import io.millrace.v1.TrimTopicResponse;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Calls other brokers where clients reach them, over one connection each, closed when it is idle.
 * Thread-safe; no method blocks.
 */
public final class BrokerClients implements RemotePartitions, AutoCloseable {

    private static final int DEADLINE_S = 15;
    private static final int IDLE_S = 60;
    private static final int MAX_BYTES = 4 << 20;

    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    @Override
    public CompletableFuture<FindOffsetsResponse> find(String address, FindOffsetsRequest request) {
        return call(address, (stub, answer) -> stub.findOffsets(request, answer));
    }

    @Override
    public CompletableFuture<TrimTopicResponse> trim(String address, TrimTopicRequest request) {
        return call(address, (stub, answer) -> stub.trimTopic(request, answer));
    }

    @Override
    public CompletableFuture<DescribeTopicResponse> describe(
            String address, DescribeTopicRequest request) {
        return call(address, (stub, answer) -> stub.describeTopic(request, answer));
    }

    private <T> CompletableFuture<T> call(
            String address, BiConsumer<TopicServiceStub, StreamObserver<T>> method) {
        return call(address, TopicServiceGrpc::newStub, DEADLINE_S, MAX_BYTES, method);
    }

    /**
     * Makes a unary call.
     *
     * @param service makes a stub of the service
     * @param maxBytes the largest answer that is taken
     * @return fails with a MillraceException
     */
    <S extends AbstractStub<S>, T> CompletableFuture<T> call(
            String address,
            Function<Channel, S> service,
            int deadlineS,
            int maxBytes,
            BiConsumer<S, StreamObserver<T>> method) {
        Answer<T> answer = new Answer<>(address);
        try {
            method.accept(
                    service.apply(forwarding(address))
                            .withDeadlineAfter(deadlineS, TimeUnit.SECONDS)
                            .withMaxInboundMessageSize(maxBytes),
                    answer);
        } catch (RuntimeException e) {
            // Such as an address that nobody can resolve.
            answer.onError(e);
        }
        return answer.future;
    }

    /** The connection to a broker; its calls say that a broker makes them. */
    private Channel forwarding(String address) {
        Metadata headers = new Metadata();
        headers.put(ForwardedCalls.HEADER, "1");
        return ClientInterceptors.intercept(
                channels.computeIfAbsent(address, BrokerClients::connect),
                MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static ManagedChannel connect(String address) {
        return NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .directExecutor()
                .idleTimeout(IDLE_S, TimeUnit.SECONDS)
                .build();
    }

    /** Closes the connections to all others: brokers that have left or have another address. */
    public void keepOnly(Set<String> addresses) {
        channels.entrySet()
                .removeIf(
                        entry -> {
                            boolean gone = !addresses.contains(entry.getKey());
                            if (gone) {
                                entry.getValue().shutdown();
                            }
                            return gone;
                        });
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
    }

    /** The answer to a unary call. */
    private static final class Answer<T> implements StreamObserver<T> {

        private final String address;
        private final CompletableFuture<T> future = new CompletableFuture<>();

        Answer(String address) {
            this.address = address;
        }

        @Override
        public void onNext(T value) {
            future.complete(value);
        }

        @Override
        public void onError(Throwable error) {
            MillraceException failure = WireError.fromThrowable(error);
            future.completeExceptionally(failure.with("asked", address));
        }

        @Override
        public void onCompleted() {
            future.completeExceptionally(
                    MillraceException.of(
                            ErrorCode.INTERNAL, "the broker at " + address + " gave no answer"));
        }
    }
}
