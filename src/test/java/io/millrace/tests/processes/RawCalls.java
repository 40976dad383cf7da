package io.millrace.tests.processes;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.PartitionStart;
import io.millrace.v1.Position;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeServiceGrpc;
import io.millrace.v1.SubscribeStart;
import io.millrace.v1.TopicServiceGrpc;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Calls without the SDK, which would refuse some requests before a broker sees them. */
final class RawCalls {

    private static final long ANSWER_SECONDS = 30;

    private RawCalls() {}

    /** Asks for a topic that must be refused. */
    static StatusRuntimeException createTopic(String server, CreateTopicRequest request) {
        return on(
                server,
                channel -> {
                    try {
                        throw new IllegalStateException(
                                "created: "
                                        + TopicServiceGrpc.newBlockingStub(channel)
                                                .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
                                                .createTopic(request));
                    } catch (StatusRuntimeException e) {
                        return e;
                    }
                });
    }

    /** Subscribes to a position that must be refused; gives the reason with which it ends. */
    static ErrorDetail subscribe(String server, String topic, int partition, Position position) {
        SubscribeStart start =
                SubscribeStart.newBuilder()
                        .setProtocolVersion(RawPublish.VERSION)
                        .addPartitions(
                                PartitionStart.newBuilder()
                                        .setHandle(1)
                                        .setTopic(topic)
                                        .setPartition(partition)
                                        .setPosition(position))
                        .build();
        return on(
                server,
                channel -> {
                    CompletableFuture<ErrorDetail> end = new CompletableFuture<>();
                    SubscribeServiceGrpc.newStub(channel)
                            .subscribe(new End(end))
                            .onNext(SubscribeRequest.newBuilder().setStart(start).build());
                    return end.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
                });
    }

    private static <T> T on(String server, Function<ManagedChannel, T> call) {
        ManagedChannel channel = ManagedChannelBuilder.forTarget(server).usePlaintext().build();
        try {
            return call.apply(channel);
        } finally {
            channel.shutdownNow();
        }
    }

    private record End(CompletableFuture<ErrorDetail> end)
            implements StreamObserver<SubscribeResponse> {

        @Override
        public void onNext(SubscribeResponse response) {
            if (response.hasEnd()) {
                end.complete(response.getEnd().getError());
            }
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.completeExceptionally(new IllegalStateException("it ended without a reason"));
        }
    }
}
