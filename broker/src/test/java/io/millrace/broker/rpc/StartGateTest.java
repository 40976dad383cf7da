package io.millrace.broker.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.error.WriteOutcome;
import io.millrace.v1.ListTopicsRequest;
import io.millrace.v1.ListTopicsResponse;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishServiceGrpc;
import io.millrace.v1.TopicServiceGrpc;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StartGateTest {

    private static final String NAME = "start-gate";

    private final AtomicInteger reached = new AtomicInteger();
    private final StartGate gate = new StartGate();
    private final ManagedChannel channel =
            InProcessChannelBuilder.forName(NAME).directExecutor().build();
    private Server server;

    @BeforeEach
    void serve() throws IOException {
        server =
                InProcessServerBuilder.forName(NAME)
                        .directExecutor()
                        .intercept(gate)
                        .addService(new Topics())
                        .addService(new Publishing())
                        .build()
                        .start();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void shouldRefuseCallsWithTheWayOutUntilTheBrokerKnowsWhatThereIs() {
        MillraceException refusal = WireError.fromThrowable(catchThrowable(this::list));

        assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_READY);
        assertThat(refusal).hasMessageContaining("starting").hasMessageContaining("try again");
        assertThat(reached).hasValue(0);

        gate.open();

        assertThat(list()).isEqualTo(ListTopicsResponse.getDefaultInstance());
        assertThat(reached).hasValue(1);
    }

    @Test
    void shouldEndAStreamThatComesTooEarlyAndSayThatNothingWasApplied() {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        StreamObserver<PublishRequest> requests =
                PublishServiceGrpc.newStub(channel)
                        .publish(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(PublishResponse response) {
                                        end.complete(new AssertionError("an answer: " + response));
                                    }

                                    @Override
                                    public void onError(Throwable error) {
                                        end.complete(error);
                                    }

                                    @Override
                                    public void onCompleted() {
                                        end.complete(new AssertionError("it ended well"));
                                    }
                                });
        requests.onNext(PublishRequest.getDefaultInstance());

        MillraceException refusal =
                WireError.fromThrowable(end.orTimeout(10, TimeUnit.SECONDS).join());
        assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_READY);
        assertThat(refusal.outcome()).isEqualTo(WriteOutcome.NOT_APPLIED);
        assertThat(reached).hasValue(0);
    }

    private ListTopicsResponse list() {
        return TopicServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .listTopics(ListTopicsRequest.getDefaultInstance());
    }

    private final class Topics extends TopicServiceGrpc.TopicServiceImplBase {

        @Override
        public void listTopics(
                ListTopicsRequest request, StreamObserver<ListTopicsResponse> responses) {
            reached.incrementAndGet();
            responses.onNext(ListTopicsResponse.getDefaultInstance());
            responses.onCompleted();
        }
    }

    private final class Publishing extends PublishServiceGrpc.PublishServiceImplBase {

        @Override
        public StreamObserver<PublishRequest> publish(StreamObserver<PublishResponse> responses) {
            reached.incrementAndGet();
            return new Silent();
        }
    }

    private static final class Silent implements StreamObserver<PublishRequest> {

        @Override
        public void onNext(PublishRequest request) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }
}
