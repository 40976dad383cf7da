package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.data.DataDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker whose seeds are another cluster. */
@Timeout(60)
final class StrangeSeedsTest {

    @TempDir private Path directory;

    @Test
    void shouldNotStartAmongSeedsOfAnotherCluster() throws IOException {
        Broker.start(config(2, "two", freePort(), "")).close();
        int port = freePort();
        try (Broker one = Broker.start(config(1, "one", port, ""))) {
            assertThatThrownBy(
                            () -> Broker.start(config(2, "two", freePort(), "127.0.0.1:" + port)))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("cannot start")
                    .hasMessageContaining("belongs to the cluster")
                    .hasMessageContaining("cluster.seeds");
            assertThat(one.fatal()).as("others are not its concern").isNotDone();
        }
        Broker.start(config(2, "two", freePort(), "")).close();
    }

    /** Taken for empty, it would let others found a second cluster. */
    @Test
    void shouldSayFromTheFirstGreetingOnWhichClusterItHolds() throws IOException {
        BrokerConfig config = config(1, "one", freePort(), "127.0.0.1:1");
        try (DataDirectory data = DataDirectory.open(config.dataDir(), 1, new Random(1))) {
            assertThat(Broker.introductionOf(config, data).get().getClusterId()).isEmpty();
            data.join("c1");
        }

        try (DataDirectory data = DataDirectory.open(config.dataDir(), 1, new Random(2))) {
            assertThat(Broker.introductionOf(config, data).get().getClusterId()).isEqualTo("c1");
        }
    }

    private BrokerConfig config(int node, String name, int peerPort, String seeds) {
        return BrokerConfig.of(
                Map.of(
                        "node-id", Integer.toString(node),
                        "data-dir", directory.resolve(name).toString(),
                        "listen.client-port", "0",
                        "listen.peer-port", Integer.toString(peerPort),
                        "listen.http-port", "0",
                        "cluster.seeds", seeds,
                        "wal.segment-bytes", "16MiB",
                        "wal.cap-bytes", "128MiB",
                        "stop-grace-ms", "2s"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
