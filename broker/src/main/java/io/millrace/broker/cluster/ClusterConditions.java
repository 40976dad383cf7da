package io.millrace.broker.cluster;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.plan.BrokerCondition;
import io.millrace.broker.controller.plan.ClusterCondition;
import io.millrace.broker.controller.plan.ReplicaCondition;
import io.millrace.v1.AgedReport;
import io.millrace.v1.BrokerReport;
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
     * @param leaders who leads what; brokers that are not heard of count for none
     * @param deadMs for how long a broker's lease has run out; 0 while it runs
     */
    public static ClusterCondition of(
            ClusterImage image,
            List<AgedReport> reports,
            LeaderDirectory leaders,
            IntToLongFunction deadMs) {
        Map<Integer, BrokerCondition> brokers = new HashMap<>();
        // One that was dead before this leader began has never reported to it.
        for (int node : image.brokers().keySet()) {
            brokers.put(node, new BrokerCondition(Math.max(1, deadMs.applyAsLong(node)), ""));
        }
        Map<Integer, ReplicaReport> leading = new HashMap<>();
        for (AgedReport aged : reports) {
            BrokerReport report = aged.getReport();
            int node = report.getPeer().getNodeId();
            brokers.put(
                    node,
                    new BrokerCondition(
                            Math.max(deadMs.applyAsLong(node), aged.getAlive() ? 0 : 1),
                            report.getUnfitReason()));
            report.getReplicasList().forEach(replica -> leading(replica, leading));
        }
        Map<Integer, Integer> led = new HashMap<>();
        image.shards()
                .keySet()
                .forEach(
                        shard -> {
                            // One that is not heard of may lead no more: nobody knows.
                            int node = leaders.leader(shard).nodeId();
                            if (brokers.getOrDefault(node, BrokerCondition.UNKNOWN).isAlive()) {
                                led.put(shard, node);
                            }
                        });
        return new ClusterCondition(brokers, replicas(reports, leading), led);
    }

    /** A deposed leader, or one that died, may still say that it leads: the last elected counts. */
    private static void leading(ReplicaReport replica, Map<Integer, ReplicaReport> leading) {
        if (replica.getMembersCount() > 0) {
            leading.merge(
                    replica.getShard(),
                    replica,
                    (one, other) -> other.getTerm() > one.getTerm() ? other : one);
        }
    }

    private static Map<Long, ReplicaCondition> replicas(
            List<AgedReport> reports, Map<Integer, ReplicaReport> leading) {
        Map<Long, ReplicaCondition> replicas = new HashMap<>();
        for (AgedReport aged : reports) {
            for (ReplicaReport replica : aged.getReport().getReplicasList()) {
                replicas.put(
                        replica.getReplicaId(),
                        new ReplicaCondition(
                                lag(replica, leading.get(replica.getShard())),
                                replica.getMissingRecords(),
                                replica.getLogBytes()));
            }
        }
        return replicas;
    }

    /**
     * What a replica lacks. The two reports are not of the same moment: one that is to be sent a
     * checkpoint, or was since it reported, does not know yet what it will miss. So what it says
     * counts only if the leader's log goes on from where it was then.
     */
    private static long lag(ReplicaReport replica, ReplicaReport leader) {
        boolean fails = replica.getRole().equals("FAILED");
        if (fails || leader == null || replica.getAppliedIndex() + 1 < leader.getFirstLogIndex()) {
            return Long.MAX_VALUE;
        }
        if (replica.getReplicaId() == leader.getReplicaId()) {
            return 0;
        }
        return leader.getMembersList().stream()
                .filter(member -> member.getReplicaId() == replica.getReplicaId())
                .filter(member -> member.getMatchIndex() > 0)
                .mapToLong(member -> leader.getLastLogIndex() - member.getMatchIndex())
                .map(lag -> Math.max(0, lag))
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
