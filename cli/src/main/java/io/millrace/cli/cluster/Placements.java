package io.millrace.cli.cluster;

import io.millrace.client.admin.BrokerStatus;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.ReplicaStatus;
import io.millrace.client.admin.ShardStatus;
import java.util.Set;
import java.util.stream.Stream;

/** Answers what a wait asks of the cluster's state. */
final class Placements {
    private static final Set<String> UNDER_WAY = Set.of("NEW", "LEARNER", "LEAVING", "LOST");

    private Placements() {}

    /** Whether a broker is in a state. */
    static boolean isIn(final ClusterStatus status, final int node, final String state) {
        return broker(status, node).anyMatch(it -> it.state().equals(state));
    }

    /** Whether nothing is known of a broker any more. */
    static boolean isGone(final ClusterStatus status, final int node) {
        return broker(status, node).findAny().isEmpty();
    }

    /** Whether nothing is being moved or rebuilt. */
    static boolean areSettled(final ClusterStatus status) {
        return status.changes().isEmpty()
                && status.shards().stream()
                        .flatMap(it -> it.replicas().stream())
                        .noneMatch(it -> UNDER_WAY.contains(it.state()) || it.missingRecords() > 0);
    }

    /** Whether a broker leads no shard. */
    static boolean leadsNothing(final ClusterStatus status, final int node) {
        return status.shards().stream().noneMatch(it -> it.leaderNode() == node);
    }

    /** Whether a broker leads a shard. */
    static boolean leads(final ClusterStatus status, final int node, final int shard) {
        return shard(status, shard).anyMatch(it -> it.leaderNode() == node);
    }

    /** Whether a replica has moved, and is whole where it is now. */
    static boolean isMoved(
            final ClusterStatus status, final int shard, final int from, final int to) {
        return replicas(status, shard).noneMatch(it -> it.nodeId() == from)
                && replicas(status, shard)
                        .anyMatch(
                                it ->
                                        it.nodeId() == to
                                                && it.state().equals("VOTER")
                                                && it.missingRecords() == 0);
    }

    private static Stream<BrokerStatus> broker(final ClusterStatus status, final int node) {
        return status.brokers().stream().filter(it -> it.nodeId() == node);
    }

    private static Stream<ShardStatus> shard(final ClusterStatus status, final int shard) {
        return status.shards().stream().filter(it -> it.shard() == shard);
    }

    private static Stream<ReplicaStatus> replicas(final ClusterStatus status, final int shard) {
        return shard(status, shard).flatMap(it -> it.replicas().stream());
    }
}
