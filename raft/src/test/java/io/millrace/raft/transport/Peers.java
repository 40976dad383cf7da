package io.millrace.raft.transport;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/** Several brokers' networks on this machine, which know each other's addresses. */
final class Peers implements AutoCloseable {

    final Map<Integer, String> addresses = new ConcurrentHashMap<>();
    final Map<Integer, PeerNetwork> networks = new ConcurrentHashMap<>();
    final List<String> refusals = new CopyOnWriteArrayList<>();
    final List<String> turnedAway = new CopyOnWriteArrayList<>();
    private final List<PeerNetwork> all = new ArrayList<>();

    UnaryOperator<RequestHandler> around = UnaryOperator.identity();
    LongSupplier nanoTime = System::nanoTime;
    PeerOptions options = PeerOptions.defaults("127.0.0.1", 0);

    static PeerIdentity identity(int nodeId) {
        return new PeerIdentity("c1", nodeId, "dir-" + nodeId, 1, 77);
    }

    PeerNetwork start(int nodeId) throws IOException {
        return start(identity(nodeId), peer -> Optional.empty());
    }

    PeerNetwork start(PeerIdentity self, PeerGuard guard) throws IOException {
        PeerNetwork network =
                PeerNetwork.start(
                        options,
                        node -> Optional.ofNullable(addresses.get(node)),
                        guard,
                        new Refusals(self.nodeId()),
                        List.of(),
                        nanoTime,
                        around);
        network.identity(self);
        addresses.put(self.nodeId(), "127.0.0.1:" + network.port());
        networks.put(self.nodeId(), network);
        all.add(network);
        return network;
    }

    private final class Refusals implements PeerListener {
        private final int at;

        Refusals(int at) {
            this.at = at;
        }

        @Override
        public void refused(int nodeId, String reason) {
            refusals.add("at " + at + ": " + reason);
        }

        @Override
        public void turnedAway(int nodeId, String reason) {
            turnedAway.add(at + " by " + nodeId + ": " + reason);
        }
    }

    static void awaitUp(PeerNetwork network, int nodeId) {
        for (Lane lane : Lane.values()) {
            await().atMost(10, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> network.link(nodeId, lane).isUp());
        }
    }

    @Override
    public void close() {
        all.forEach(PeerNetwork::close);
    }
}
