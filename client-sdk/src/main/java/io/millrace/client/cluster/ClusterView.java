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
            new ClusterView("", 0, Map.of(), Map.of(), Map.of(), Map.of());

    private record Leader(int node, long epoch) {}

    private final String clusterId;
    private final long version;
    private final Map<Integer, String> brokers;
    private final Map<Integer, Leader> leaders;
    private final Map<Integer, String> hints;
    private final Map<String, TopicRoute> topics;

    private ClusterView(
            String clusterId,
            long version,
            Map<Integer, String> brokers,
            Map<Integer, Leader> leaders,
            Map<Integer, String> hints,
            Map<String, TopicRoute> topics) {
        this.clusterId = clusterId;
        this.version = version;
        this.brokers = brokers;
        this.leaders = leaders;
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
        String hint = hints.get(shard);
        if (hint != null) {
            return Optional.of(hint);
        }
        Leader leader = leaders.get(shard);
        return leader == null ? Optional.empty() : Optional.ofNullable(brokers.get(leader.node));
    }

    /** The addresses of all brokers. */
    public List<String> addresses() {
        return new ArrayList<>(brokers.values());
    }

    /**
     * The view after a map has come. A map that is older (from a broker that lags) brings only
     * leaders with higher epochs. Hints end: whoever sent the map knows better or will be asked.
     */
    ClusterView merge(ClusterMap map) {
        Map<Integer, Leader> newest = new HashMap<>(leaders);
        for (ShardInfo shard : map.getShardsList()) {
            Leader told = new Leader(shard.getLeaderNode(), shard.getLeaderEpoch());
            newest.merge(shard.getShard(), told, (old, now) -> now.epoch >= old.epoch ? now : old);
        }
        if (isKnown() && Long.compareUnsigned(map.getVersion(), version) < 0) {
            return new ClusterView(clusterId, version, brokers, newest, Map.of(), topics);
        }
        Map<Integer, String> addresses = new HashMap<>();
        for (BrokerInfo broker : map.getBrokersList()) {
            addresses.put(broker.getNodeId(), broker.getClientAddress());
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
                map.getClusterId(), map.getVersion(), addresses, newest, Map.of(), routes);
    }

    /** The view after a broker has said who leads a shard. */
    ClusterView withHint(int shard, String address) {
        Map<Integer, String> more = new HashMap<>(hints);
        more.put(shard, address);
        return new ClusterView(clusterId, version, brokers, leaders, more, topics);
    }
}
