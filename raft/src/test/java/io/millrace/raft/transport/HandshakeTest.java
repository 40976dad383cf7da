package io.millrace.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HandshakeTest {

    private final Peers peers = new Peers();

    @AfterEach
    void close() {
        peers.close();
    }

    @Test
    void shouldConnectAllLanesOfTwoBrokersThatKnowEachOther() throws Exception {
        PeerNetwork one = peers.start(1);
        PeerNetwork two = peers.start(2);

        Peers.awaitUp(one, 2);
        Peers.awaitUp(two, 1);

        assertThat(one.isReachable(2)).isTrue();
        assertThat(peers.refusals).isEmpty();
        assertThat(one.traffic()).hasSize(3).allMatch(PeerTraffic::connected);
    }

    @Test
    void shouldConnectAgainToABrokerThatCameBack() throws Exception {
        PeerNetwork one = peers.start(1);
        PeerNetwork two = peers.start(2);
        Peers.awaitUp(one, 2);

        two.close();
        await().until(() -> !one.isReachable(2));
        peers.start(new PeerIdentity("c1", 2, "dir-2", 2, 5), peer -> Optional.empty());

        Peers.awaitUp(one, 2);
        Peers.awaitUp(peers.networks.get(2), 1);
    }

    @Test
    void shouldRefuseABrokerOfAnotherClusterAndSayWhyOnBothSides() throws Exception {
        PeerNetwork one = peers.start(1);
        peers.start(new PeerIdentity("c2", 2, "dir-2", 1, 1), peer -> Optional.empty());

        assertThat(one.isReachable(2)).isFalse();

        String reason = "node 1 belongs to cluster c1, node 2 to cluster c2";
        awaitRefusal("at 2: " + reason);
        awaitRefusal("at 1: " + reason);
        assertThat(one.link(2, Lane.CONTROL).problem()).isEqualTo(reason);
    }

    @Test
    void shouldRefuseWhomTheGuardDoesNotKnowAndSayWhyOnBothSides() throws Exception {
        PeerNetwork one = peers.start(1);
        String reason = "node 1 is no member of the cluster";
        peers.start(Peers.identity(2), peer -> Optional.of(reason));

        assertThat(one.isReachable(2)).isFalse();

        awaitRefusal("at 2: " + reason);
        awaitRefusal("at 1: " + reason);
        assertThat(one.isReachable(2)).isFalse();
    }

    @Test
    void shouldTellWhoeverIsRefusedThatItIsTurnedAwayAndNobodyElse() throws Exception {
        PeerNetwork one = peers.start(1);
        String reason = "must stop: node 1 is an old copy";
        peers.start(Peers.identity(2), peer -> Optional.of(reason));
        assertThat(one.isReachable(2)).isFalse();

        await().until(() -> !peers.turnedAway.isEmpty());

        assertThat(peers.turnedAway).containsOnly("1 by 2: " + reason);
        assertThat(peers.refusals).contains("at 2: " + reason);
    }

    /** Else a stranger could stop a broker by answering at an address of its cluster. */
    @Test
    void shouldNotTakeTheWordOfSomebodyElseThanWasCalled() throws Exception {
        PeerNetwork one =
                peers.start(
                        Peers.identity(1),
                        peer -> Optional.of("not welcome").filter(no -> peer.nodeId() == 4));
        PeerGuard hostile = peer -> Optional.of("must stop: I say so");
        peers.start(new PeerIdentity("c2", 2, "dir-2", 1, 1), hostile);
        peers.start(Peers.identity(3), hostile);
        peers.addresses.put(9, peers.addresses.get(3));
        peers.start(Peers.identity(4), hostile);

        for (int node : new int[] {2, 9, 4}) {
            assertThat(one.isReachable(node)).isFalse();
        }

        awaitRefusal("at 1: node 1 belongs to cluster c1, node 2 to cluster c2");
        awaitRefusal("at 1: this is node 3, not node 9");
        awaitRefusal("at 1: must stop: I say so");
        assertThat(peers.turnedAway).isEmpty();
    }

    @Test
    void shouldRefuseTheBrokerThatItReachesIfItIsNotWelcome() throws Exception {
        String reason = "node 2 is started over an old copy of its directory";
        PeerNetwork one = peers.start(Peers.identity(1), peer -> Optional.of(reason));
        peers.start(2);

        assertThat(one.isReachable(2)).isFalse();

        awaitRefusal("at 1: " + reason);
        assertThat(one.isReachable(2)).isFalse();
    }

    @Test
    void shouldRefuseASecondDirectoryWithTheSameNodeId() throws Exception {
        PeerNetwork one = peers.start(1);
        PeerNetwork two = peers.start(2);
        Peers.awaitUp(two, 1);

        PeerNetwork other =
                peers.start(new PeerIdentity("c1", 2, "dir-9", 1, 9), peer -> Optional.empty());
        assertThat(other.isReachable(1)).isFalse();

        awaitRefusal("at 1: node id 2 is in use by the broker with the data directory dir-2");
        awaitRefusal("at 2: node id 2 is in use by the broker with the data directory dir-2");
        assertThat(peers.turnedAway)
                .isNotEmpty()
                .allMatch(each -> each.startsWith("2 by 1: node id 2 is in use"));
        assertThat(two.isReachable(1)).isTrue();
        assertThat(one.port()).isPositive();
    }

    /** Else a newcomer with a node id wins it while the broker is out of reach for a moment. */
    @Test
    void shouldLetTheDirectoryThatTheClusterKnowsTakeOverFromANewcomer() throws Exception {
        PeerNetwork one =
                peers.start(
                        Peers.identity(1),
                        new PeerGuard() {
                            @Override
                            public Optional<String> refusal(PeerIdentity peer) {
                                return Optional.empty();
                            }

                            @Override
                            public boolean isRegistered(PeerIdentity peer) {
                                return peer.directoryId().equals("dir-2");
                            }
                        });
        PeerNetwork newcomer =
                peers.start(new PeerIdentity("c1", 2, "dir-9", 1, 9), peer -> Optional.empty());
        Peers.awaitUp(newcomer, 1);

        PeerNetwork two = peers.start(2);
        Peers.awaitUp(two, 1);

        awaitRefusal("at 2: node id 2 is in use by the broker with the data directory dir-2");
        assertThat(peers.turnedAway)
                .allMatch(each -> each.contains("with the data directory dir-2"));
        assertThat(newcomer.isReachable(1)).isFalse();
        Peers.awaitUp(one, 2);
        assertThat(two.isReachable(1)).isTrue();
    }

    @Test
    void shouldRefuseACopyOfADirectoryThatRuns() throws Exception {
        peers.start(1);
        PeerNetwork two =
                peers.start(new PeerIdentity("c1", 2, "dir-2", 3, 5), peer -> Optional.empty());
        Peers.awaitUp(two, 1);

        PeerNetwork older =
                peers.start(new PeerIdentity("c1", 2, "dir-2", 2, 6), peer -> Optional.empty());
        PeerNetwork copy =
                peers.start(new PeerIdentity("c1", 2, "dir-2", 3, 6), peer -> Optional.empty());
        older.isReachable(1);
        copy.isReachable(1);

        awaitRefusal("at 2: data directory dir-2 was started 3 times, this copy of it 2 times");
        awaitRefusal("at 2: data directory dir-2 runs twice");
    }

    @Test
    void shouldNotTakeItselfForAPeer() throws Exception {
        PeerNetwork one = peers.start(1);
        peers.addresses.put(2, "127.0.0.1:" + one.port());

        assertThat(one.isReachable(2)).isFalse();

        awaitRefusal("at 1: this is node 1, not node 2: its address is out of date");
    }

    @Test
    void shouldServeOnlyWhatIsOpenBeforeItBelongsToACluster() throws Exception {
        PeerNetwork one = peers.start(1);
        peers.start(2).identity(null);

        assertThat(one.isReachable(2)).isFalse();

        await().until(() -> one.link(2, Lane.DATA).problem().contains("belongs to no cluster yet"));
    }

    @Test
    void shouldOutliveGarbageOnThePeerPort() throws Exception {
        PeerNetwork one = peers.start(1);
        byte[] noise = new byte[100_000];
        new Random(42).nextBytes(noise);
        for (byte[] garbage :
                new byte[][] {
                    noise,
                    "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense".getBytes(StandardCharsets.US_ASCII)
                }) {
            try (Socket socket = new Socket("127.0.0.1", one.port())) {
                OutputStream out = socket.getOutputStream();
                out.write(garbage);
                out.flush();
            } catch (java.io.IOException e) {
                // It may hang up in the middle.
            }
        }

        PeerNetwork two = peers.start(2);
        Peers.awaitUp(two, 1);
    }

    private void awaitRefusal(String text) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(
                        () -> assertThat(peers.refusals).anyMatch(each -> each.startsWith(text)));
    }
}
