package io.millrace.client.cluster;

import io.millrace.v1.BrokerInfo;
import io.millrace.v1.ClusterMap;
import io.millrace.v1.ShardInfo;
import io.millrace.v1.TopicPlacement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the cluster at a moment: the newest map, with newer leaders and hints from
 * errors laid over it. Immutable.
 */
public final class ClusterView {
    /** Nothing is known yet. */
    static final ClusterView UNKNOWN =
            new ClusterView("", 0, Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

    private record Broker(String address, boolean alive) {}

    private record Leader(int node, long epoch) {}

    /** Where a broker says that the leader is, and the highest epoch that was known then. */
    private record Hint(String address, long epoch) {}

    private final String clusterId;
    private final long version;
    private final Map<Integer, Broker> brokers;
    private final Map<Integer, Leader> leaders;
    private final Map<Integer, List<Integer>> replicas;
    private final Map<Integer, Hint> hints;
    private final Map<String, TopicRoute> topics;

    private ClusterView(
            String clusterId,
            long version,
            Map<Integer, Broker> brokers,
            Map<Integer, Leader> leaders,
            Map<Integer, List<Integer>> replicas,
            Map<Integer, Hint> hints,
            Map<String, TopicRoute> topics) {
        this.clusterId = clusterId;
        this.version = version;
        this.brokers = brokers;
        this.leaders = leaders;
        this.replicas = replicas;
        this.hints = hints;
        this.topics = topics;
    }

    /** Whether a map has come. */
    public boolean isKnown() {
        return !clusterId.isEmpty();
    }

    /** The cluster's id; empty until known. */
    public String clusterId() {
        return clusterId;
    }

    /** The topic of this name, if the map has it. */
    public Optional<TopicRoute> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    /** Where the leader of a shard is thought to be. */
    public Optional<String> leaderAddress(int shard) {
        Hint hint = hints.get(shard);
        if (hint != null) {
            return Optional.of(hint.address);
        }
        Leader leader = leaders.get(shard);
        Broker broker = leader == null ? null : brokers.get(leader.node);
        return Optional.ofNullable(broker).map(Broker::address).filter(it -> !it.isEmpty());
    }

    /** The highest epoch of a leader of this shard that was ever told; 0: none. */
    public long leaderEpoch(int shard) {
        Leader leader = leaders.get(shard);
        return leader == null ? 0 : leader.epoch;
    }

    /**
     * Where the readable replicas of a shard are, the preferred leader first: on brokers that are
     * said to be alive, or on all if none is: whoever says so may be the one that is cut off.
     */
    public List<String> replicaAddresses(int shard) {
        List<String> alive = new ArrayList<>();
        List<String> dead = new ArrayList<>();
        for (int node : replicas.getOrDefault(shard, List.of())) {
            Broker broker = brokers.get(node);
            if (broker != null && !broker.address.isEmpty()) {
                (broker.alive ? alive : dead).add(broker.address);
            }
        }
        return alive.isEmpty() ? dead : alive;
    }

    /** The addresses of all brokers, those that are said to be dead last. */
    public List<String> addresses() {
        List<String> addresses = new ArrayList<>();
        brokers.values().stream().filter(Broker::alive).forEach(it -> addresses.add(it.address));
        brokers.values().stream().filter(it -> !it.alive).forEach(it -> addresses.add(it.address));
        return addresses;
    }

    /**
     * The view after a map has come. A map that is older (from a broker that lags) brings only
     * leaders with higher epochs. A hint ends when a leader comes up that is newer than it: a map
     * that merely repeats what was known when the hint was given does not know better.
     */
    ClusterView merge(ClusterMap map) {
        Map<Integer, Leader> newest = new HashMap<>(leaders);
        for (ShardInfo shard : map.getShardsList()) {
            Leader told = new Leader(shard.getLeaderNode(), shard.getLeaderEpoch());
            newest.merge(shard.getShard(), told, ClusterView::newer);
        }
        Map<Integer, Hint> fresh = new HashMap<>(hints);
        fresh.entrySet()
                .removeIf(
                        it -> {
                            Leader leader = newest.get(it.getKey());
                            return leader != null && leader.epoch > it.getValue().epoch;
                        });
        if (isKnown() && Long.compareUnsigned(map.getVersion(), version) < 0) {
            return new ClusterView(clusterId, version, brokers, newest, replicas, fresh, topics);
        }
        Map<Integer, Broker> members = new HashMap<>();
        for (BrokerInfo broker : map.getBrokersList()) {
            members.put(
                    broker.getNodeId(), new Broker(broker.getClientAddress(), broker.getAlive()));
        }
        Map<Integer, List<Integer>> holders = new HashMap<>();
        for (ShardInfo shard : map.getShardsList()) {
            holders.put(shard.getShard(), List.copyOf(shard.getReplicaNodesList()));
        }
        Map<String, TopicRoute> routes = new HashMap<>();
        for (TopicPlacement topic : map.getTopicsList()) {
            routes.put(
                    topic.getName(),
                    new TopicRoute(
                            topic.getTopicId(),
                            topic.getMaxBatchBytes(),
                            topic.getPartitionShardsList()));
        }
        return new ClusterView(
                map.getClusterId(), map.getVersion(), members, newest, holders, fresh, routes);
    }

    /** The view after a broker has said who leads a shard. */
    ClusterView withHint(int shard, String address) {
        Map<Integer, Hint> more = new HashMap<>(hints);
        more.put(shard, new Hint(address, leaderEpoch(shard)));
        return withHints(more);
    }

    /** The view after the broker at this address has turned out not to lead the shard. */
    ClusterView withoutHint(int shard, String address) {
        Hint hint = hints.get(shard);
        if (hint == null || !hint.address.equals(address)) {
            return this;
        }
        Map<Integer, Hint> fewer = new HashMap<>(hints);
        fewer.remove(shard);
        return withHints(fewer);
    }

    /** Of one epoch the later word counts, but that there is no leader is no word of one. */
    private static Leader newer(Leader old, Leader told) {
        if (told.epoch == old.epoch) {
            return told.node == 0 ? old : told;
        }
        return told.epoch > old.epoch ? told : old;
    }

    private ClusterView withHints(Map<Integer, Hint> others) {
        return new ClusterView(clusterId, version, brokers, leaders, replicas, others, topics);
    }
}
