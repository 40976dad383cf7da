package io.millrace.broker.cluster;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.plan.BrokerCondition;
import io.millrace.broker.controller.plan.ClusterCondition;
import io.millrace.broker.controller.plan.ReplicaCondition;
import io.millrace.v1.AgedReport;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.ReplicaMember;
import io.millrace.v1.ReplicaReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;

/** Makes what plans need to know of the reports that the controller's leader has. */
public final class ClusterConditions {

    private ClusterConditions() {}

    /**
     * The condition of the cluster.
     *
     * @param reports the newest of each broker
     * @param leaders who leads what
     * @param deadMs for how long a broker's lease has run out; 0 while it runs
     */
    public static ClusterCondition of(
            ClusterImage image,
            List<AgedReport> reports,
            LeaderDirectory leaders,
            IntToLongFunction deadMs) {
        Map<Integer, BrokerCondition> brokers = new HashMap<>();
        Map<Long, Long> lags = new HashMap<>();
        for (AgedReport aged : reports) {
            BrokerReport report = aged.getReport();
            int node = report.getPeer().getNodeId();
            brokers.put(
                    node,
                    new BrokerCondition(
                            Math.max(deadMs.applyAsLong(node), aged.getAlive() ? 0 : 1),
                            report.getUnfitReason()));
            report.getReplicasList().forEach(replica -> lagsOf(replica, lags));
        }
        Map<Integer, Integer> led = new HashMap<>();
        image.shards()
                .keySet()
                .forEach(
                        shard -> {
                            int node = leaders.leader(shard).nodeId();
                            if (node != 0) {
                                led.put(shard, node);
                            }
                        });
        return new ClusterCondition(brokers, replicas(reports, lags), led);
    }

    /** What the leader of a shard sees of the others. */
    private static void lagsOf(ReplicaReport leader, Map<Long, Long> lags) {
        for (ReplicaMember member : leader.getMembersList()) {
            long lag =
                    member.getReplicaId() == leader.getReplicaId()
                            ? 0
                            : member.getMatchIndex() == 0
                                    ? Long.MAX_VALUE
                                    : Math.max(
                                            0, leader.getLastLogIndex() - member.getMatchIndex());
            lags.put(member.getReplicaId(), lag);
        }
    }

    private static Map<Long, ReplicaCondition> replicas(
            List<AgedReport> reports, Map<Long, Long> lags) {
        Map<Long, ReplicaCondition> replicas = new HashMap<>();
        for (AgedReport aged : reports) {
            for (ReplicaReport replica : aged.getReport().getReplicasList()) {
                long id = replica.getReplicaId();
                boolean fails = replica.getRole().equals("FAILED");
                replicas.put(
                        id,
                        new ReplicaCondition(
                                fails ? Long.MAX_VALUE : lags.getOrDefault(id, Long.MAX_VALUE),
                                replica.getMissingRecords(),
                                replica.getLogBytes()));
            }
        }
        return replicas;
    }
}
