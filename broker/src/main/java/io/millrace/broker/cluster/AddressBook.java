package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.v1.GreetResponse;
import io.millrace.v1.PeerAddress;
import io.millrace.v1.PeerIntroduction;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Where the peer ports of other brokers are: what the map says, and what greetings told.
 * Thread-safe.
 */
public final class AddressBook {

    private static final int MAX_LEARNED = 2_000;

    private final int self;
    private final Supplier<ClusterImage> image;
    private final List<String> seeds;
    private final Map<Integer, Learned> learned = new ConcurrentHashMap<>();

    /**
     * @param startCounter of the broker when it told its address itself; 0: another told it
     */
    private record Learned(String address, long startCounter) {}

    /**
     * @param self this broker's node id
     * @param image the newest map
     * @param seeds addresses to ask when nothing else helps
     */
    public AddressBook(int self, Supplier<ClusterImage> image, List<String> seeds) {
        this.self = self;
        this.image = image;
        this.seeds = List.copyOf(seeds);
    }

    /**
     * Where a broker is, host:port. What it said itself in a later life than the map knows wins: it
     * may have moved while no leader was there to register with.
     */
    public Optional<String> address(int nodeId) {
        Learned heard = learned.get(nodeId);
        BrokerImage known = image.get().brokers().get(nodeId);
        boolean mapped = known != null && !known.peerAddress().isEmpty();
        if (mapped && (heard == null || heard.startCounter() <= known.startCounter())) {
            return Optional.of(known.peerAddress());
        }
        return Optional.ofNullable(heard).map(Learned::address);
    }

    /** A broker of this cluster answered at an address. */
    public void learn(String address, GreetResponse response) {
        PeerIntroduction peer = response.getPeer();
        put(peer.getNodeId(), new Learned(address, peer.getStartCounter()));
        learn(response.getBrokersList());
    }

    /** Somebody told where brokers are. */
    public void learn(List<PeerAddress> told) {
        told.forEach(broker -> put(broker.getNodeId(), new Learned(broker.getAddress(), 0)));
    }

    private void put(int nodeId, Learned next) {
        if (nodeId == self || nodeId < 1 || next.address().isEmpty()) {
            return;
        }
        if (learned.size() < MAX_LEARNED || learned.containsKey(nodeId)) {
            learned.merge(
                    nodeId,
                    next,
                    (old, fresh) -> fresh.startCounter() >= old.startCounter() ? fresh : old);
        }
    }

    /** All addresses at which some broker may be, this one's left out as far as known. */
    List<String> all() {
        Set<String> all = new LinkedHashSet<>();
        image.get().brokers().keySet().stream()
                .filter(node -> node != self)
                .forEach(node -> address(node).ifPresent(all::add));
        learned.keySet().forEach(node -> address(node).ifPresent(all::add));
        all.addAll(seeds);
        return List.copyOf(all);
    }

    /** For greetings: the brokers of the map. */
    List<PeerAddress> told() {
        return image.get().brokers().values().stream()
                .filter(broker -> !broker.peerAddress().isEmpty())
                .map(
                        broker ->
                                PeerAddress.newBuilder()
                                        .setNodeId(broker.nodeId())
                                        .setAddress(broker.peerAddress())
                                        .build())
                .toList();
    }
}
