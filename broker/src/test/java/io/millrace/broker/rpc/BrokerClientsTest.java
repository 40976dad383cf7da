package io.millrace.broker.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FindOffsetsResponse;
import io.millrace.v1.FoundOffset;
import io.millrace.v1.TopicServiceGrpc.TopicServiceImplBase;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BrokerClientsTest {

    private final BrokerClients clients = new BrokerClients();
    private Server server;
    private String address;
    private volatile MillraceException refusal;

    @BeforeEach
    void serve() throws Exception {
        server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                        .addService(
                                ServerInterceptors.intercept(new Offsets(), new ForwardedCalls()))
                        .build()
                        .start();
        address = "127.0.0.1:" + server.getPort();
    }

    @AfterEach
    void stop() {
        clients.close();
        server.shutdownNow();
    }

    @Test
    void shouldCallAsABrokerSoThatNothingIsPassedOn() {
        FindOffsetsResponse found =
                clients.find(address, FindOffsetsRequest.getDefaultInstance()).join();

        assertThat(found.getOffsets(0).getOffset()).isEqualTo(1);
    }

    @Test
    void shouldPassOnWhyTheOtherBrokerRefused() {
        refusal = MillraceException.of(ErrorCode.NOT_LEADER, "moved").with("leader", "third:7400");

        MillraceException failure =
                failureOf(clients.find(address, FindOffsetsRequest.getDefaultInstance()));
        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_LEADER);
        assertThat(failure.leader()).contains("third:7400");
    }

    @Test
    void shouldFailRetriablyWhenTheOtherBrokerIsGone() {
        server.shutdownNow();

        assertThat(failureOf(clients.find(address, FindOffsetsRequest.getDefaultInstance())).code())
                .isEqualTo(ErrorCode.NOT_READY);
    }

    @Test
    void shouldConnectAnewToABrokerThatCameBackIntoTheMap() {
        clients.find(address, FindOffsetsRequest.getDefaultInstance()).join();
        clients.keepOnly(Set.of());

        assertThat(clients.find(address, FindOffsetsRequest.getDefaultInstance()).join())
                .isNotNull();
    }

    private static MillraceException failureOf(CompletableFuture<?> call) {
        Throwable failure = call.handle((value, error) -> error).join();
        return (MillraceException)
                (failure instanceof MillraceException ? failure : failure.getCause());
    }

    private final class Offsets extends TopicServiceImplBase {

        @Override
        public void findOffsets(
                FindOffsetsRequest request, StreamObserver<FindOffsetsResponse> response) {
            if (refusal != null) {
                response.onError(WireError.toStatus(refusal));
                return;
            }
            response.onNext(
                    FindOffsetsResponse.newBuilder()
                            .addOffsets(
                                    FoundOffset.newBuilder()
                                            .setOffset(ForwardedCalls.isForwarded() ? 1 : 0))
                            .build());
            response.onCompleted();
        }
    }
}
