package io.millrace.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is known of a broker whose process has ended, and of one of whom it only looks so. */
@Timeout(60)
final class GonePeerTest {

    private final Peers peers = new Peers();
    private final List<Integer> told = new CopyOnWriteArrayList<>();
    private PeerNetwork one;
    private PeerNetwork two;

    @BeforeEach
    void connect() throws Exception {
        one = peers.start(1);
        two = peers.start(2);
        one.onGone(told::add);
        Peers.awaitUp(one, 2);
        Peers.awaitUp(two, 1);
    }

    @AfterEach
    void close() {
        peers.close();
    }

    @Test
    void shouldKnowAtOnceThatABrokerIsGone() {
        two.close();

        await().atMost(1, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> one.isGone(2) && told.contains(2));
    }

    @Test
    void shouldKnowThatABrokerHasComeBack() throws Exception {
        two.close();
        await().until(() -> one.isGone(2));
        peers.start(new PeerIdentity("c1", 2, "dir-2", 2, 5), peer -> Optional.empty());

        Peers.awaitUp(one, 2);

        assertThat(one.isGone(2)).isFalse();
    }

    @Test
    void shouldNotTakeABrokenConnectionForABrokerThatIsGone() {
        for (int i = 0; i < 3; i++) {
            one.link(2, Lane.CONTROL).cut("a test");
            one.link(2, Lane.DATA).cut("a test");
            Peers.awaitUp(one, 2);
        }

        assertThat(told).isEmpty();
        assertThat(one.isGone(2)).isFalse();
    }

    /** It is heard, so it lives, wherever its address leads to. */
    @Test
    void shouldNotTakeABrokerForGoneThatIsConnectedFromItsSide() throws Exception {
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            peers.addresses.put(2, "127.0.0.1:" + nobody.getLocalPort());
        }
        one.link(2, Lane.CONTROL).cut("a test");

        await().until(() -> one.link(2, Lane.CONTROL).isAbsent());
        assertThat(one.isGone(2)).isFalse();
        assertThat(told).isEmpty();
    }

    /** A process that stands still lets its machine take connections, and answers none. */
    @Test
    void shouldNotTakeABrokerForGoneThatIsSilent() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            peers.addresses.put(2, "127.0.0.1:" + silent.getLocalPort());
            two.close();
            try (Socket taken = silent.accept();
                    InputStream in = taken.getInputStream()) {
                assertThat(in.read()).isNotNegative();
                await().during(Duration.ofMillis(500)).until(() -> !one.isGone(2));
            }
        }
    }
}
