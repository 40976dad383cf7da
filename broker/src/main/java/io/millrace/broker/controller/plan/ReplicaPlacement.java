package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ShardImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * Chooses brokers for replicas: a drained one only if there is no other; one in a rack that the
 * shard is not in yet, among those the one that holds the fewest replicas, then the lowest node id.
 */
final class ReplicaPlacement {

    private final ClusterImage image;
    private final IntPredicate able;
    private final Map<Integer, Integer> held = new TreeMap<>();

    /**
     * @param able whether a broker can take a replica now
     */
    private ReplicaPlacement(ClusterImage image, IntPredicate able) {
        this.image = image;
        this.able = able;
        image.brokers().keySet().forEach(node -> held.put(node, 0));
        for (ShardImage shard : image.shards().values()) {
            shard.lasting().forEach(one -> held.merge(one.nodeId(), 1, Integer::sum));
        }
    }

    /** Among brokers that are to stay, live and have no problem. */
    static ReplicaPlacement in(ClusterImage image, ClusterCondition condition) {
        return new ReplicaPlacement(
                image,
                node ->
                        image.brokers().get(node).state().isMember()
                                && condition.broker(node).isAlive()
                                && condition.broker(node).leadProblem().isEmpty());
    }

    /** How many replicas each broker holds that are there to stay, by node id. */
    Map<Integer, Integer> held() {
        return held;
    }

    /** Whether a broker can take a replica now. */
    boolean isAble(int node) {
        return able.test(node);
    }

    /**
     * The broker for one more replica of a shard.
     *
     * @param leaving the node that it is to replace; 0: none
     */
    Optional<Integer> choose(ShardImage shard, int leaving) {
        List<Integer> others =
                shard.lasting().stream()
                        .map(ReplicaImage::nodeId)
                        .filter(n -> n != leaving)
                        .toList();
        Set<Integer> taken =
                shard.replicas().stream().map(ReplicaImage::nodeId).collect(Collectors.toSet());
        return choose(others, taken);
    }

    /** The brokers for a new shard, the given one first. */
    List<Integer> chooseAll(int first, int count) {
        List<Integer> chosen = new ArrayList<>(List.of(first));
        held.merge(first, 1, Integer::sum);
        while (chosen.size() < count) {
            Optional<Integer> next = choose(chosen, chosen);
            if (next.isEmpty()) {
                break;
            }
            chosen.add(next.get());
            held.merge(next.get(), 1, Integer::sum);
        }
        return chosen;
    }

    private Optional<Integer> choose(List<Integer> others, Collection<Integer> taken) {
        Set<String> racks = others.stream().map(this::rack).collect(Collectors.toSet());
        return image.brokers().keySet().stream()
                .filter(node -> !taken.contains(node))
                .filter(able::test)
                .min(
                        Comparator.<Integer>comparingInt(node -> isDrained(node) ? 1 : 0)
                                .thenComparingInt(node -> racks.contains(rack(node)) ? 1 : 0)
                                .thenComparingInt(held::get)
                                .thenComparingInt(node -> node));
    }

    /** Whether a move leaves the shard in as many racks as before, at least. */
    boolean keepsRacks(ShardImage shard, int from, int to) {
        List<Integer> before = shard.lasting().stream().map(ReplicaImage::nodeId).toList();
        List<Integer> after = new ArrayList<>(before);
        after.remove(Integer.valueOf(from));
        after.add(to);
        return racks(after) >= racks(before);
    }

    private long racks(List<Integer> nodes) {
        return nodes.stream().map(this::rack).distinct().count();
    }

    private boolean isDrained(int node) {
        return image.brokers().get(node).state() == BrokerState.DRAINED;
    }

    private String rack(int node) {
        return image.broker(node).map(BrokerImage::rack).orElse("");
    }
}
