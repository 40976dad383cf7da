package io.millrace.broker.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RpcServerTest {

    @Test
    void shouldSayThatItServesOnlyWhenToldSo() throws IOException {
        try (RpcServer server = start(0)) {
            ManagedChannel channel =
                    Grpc.newChannelBuilder(
                                    "127.0.0.1:" + server.port(),
                                    InsecureChannelCredentials.create())
                            .build();
            try {
                assertThat(health(channel)).isEqualTo(ServingStatus.NOT_SERVING);
                server.setServing(true);
                assertThat(health(channel)).isEqualTo(ServingStatus.SERVING);
                server.setServing(false);
                assertThat(health(channel)).isEqualTo(ServingStatus.NOT_SERVING);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void shouldNameThePortThatIsTakenAndTheWayOut() throws IOException {
        try (RpcServer first = start(0)) {
            int port = first.port();
            assertThatThrownBy(() -> start(port))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(Integer.toString(port))
                    .hasMessageContaining("--port");
        }
    }

    private static RpcServer start(int port) throws IOException {
        return RpcServer.start("127.0.0.1", port, 1 << 20, 10, 10, List.of(), List.of());
    }

    private static ServingStatus health(ManagedChannel channel) {
        return HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }
}
