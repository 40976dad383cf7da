package io.millrace.client.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.fake.FakeCluster;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that takes connections and never says a word. */
@Timeout(30)
class HangingServerTest {
    @Test
    void shouldAskAnotherBrokerInTime() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                FakeCluster cluster = new FakeCluster(1, 1)) {
            String servers =
                    "127.0.0.1:"
                            + hanging.getLocalPort()
                            + ",127.0.0.1:"
                            + other.getLocalPort()
                            + ","
                            + cluster.servers();
            try (MillraceClient client =
                    MillraceClient.builder()
                            .servers(servers)
                            .requestTimeout(Duration.ofSeconds(20))
                            .build()) {
                assertThat(client.admin().listTopics()).isEmpty();
                // It was never sent to those that hang, so it may be sent to the one that works.
                assertThat(client.admin().createTopic(new NewTopic("t", 1)).name()).isEqualTo("t");
            }
        }
    }
}
