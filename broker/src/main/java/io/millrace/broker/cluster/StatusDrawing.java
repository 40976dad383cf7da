package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.raft.ShardStatus.Role;
import io.millrace.v1.AgedReport;
import io.millrace.v1.BrokerStatus;
import io.millrace.v1.ClusterStatus;
import io.millrace.v1.ReplicaReport;
import io.millrace.v1.ShardStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Draws the status of the cluster from the map and what brokers report. For one drawing. */
final class StatusDrawing {

    private final ClusterImage image;
    private final ClusterMaps maps;
    private final Map<Integer, AgedReport> reports;
    private final List<String> problems = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();
    private boolean healthy = true;

    /**
     * @param reports what brokers report, by node id
     */
    StatusDrawing(ClusterImage image, ClusterMaps maps, Map<Integer, AgedReport> reports) {
        this.image = image;
        this.maps = maps;
        this.reports = reports;
    }

    /**
     * @param controllerLeader node id of the controller's leader; 0 if it was not reached
     */
    ClusterStatus draw(int controllerLeader) {
        ClusterStatus.Builder status =
                ClusterStatus.newBuilder()
                        .setClusterId(image.clusterId())
                        .setTopicCount(image.topics().size())
                        .setPartitionCount(image.partitionCount())
                        .setControllerLeader(controllerLeader);
        image.brokers().values().forEach(broker -> status.addBrokers(broker(broker)));
        image.shards().values().forEach(shard -> status.addShards(shard(shard)));
        if (controllerLeader == 0) {
            problems.add(
                    "the controller's leader is not reached: of other brokers nothing is told");
        }
        return status.setHealthy(healthy).addAllProblems(problems).addAllChanges(changes).build();
    }

    private BrokerStatus broker(BrokerImage broker) {
        AgedReport report = reports.get(broker.nodeId());
        BrokerStatus.Builder status =
                report == null
                        ? BrokerStatus.newBuilder()
                        : report.getReport().getStatus().toBuilder();
        status.setBroker(maps.broker(broker)).setState(broker.state().name());
        int held = 0;
        for (ShardImage shard : image.shards().values()) {
            held += shard.replicaOn(broker.nodeId()).isPresent() ? 1 : 0;
        }
        status.setReplicaCount(held);
        if (report != null) {
            // Of one whose lease is gone nobody knows what it leads.
            status.setSilentMs(report.getAgeMs()).setLedShards(report.getAlive() ? led(report) : 0);
            status.getBrokerBuilder().setAlive(report.getAlive());
        }
        tellOf(broker, status, report);
        return status.build();
    }

    private static int led(AgedReport report) {
        return (int)
                report.getReport().getReplicasList().stream()
                        .filter(replica -> replica.getRole().equals(Role.LEADER.name()))
                        .count();
    }

    private void tellOf(BrokerImage broker, BrokerStatus.Builder status, AgedReport report) {
        if (!status.getBroker().getAlive()) {
            problems.add(
                    report == null
                            ? "broker %d is not heard of".formatted(broker.nodeId())
                            : "broker %d has not been heard of for %d s"
                                    .formatted(broker.nodeId(), report.getAgeMs() / 1_000));
        } else if (!status.getWriteState().isEmpty()
                && !status.getWriteState().equals(ClusterReports.TAKES_WRITES)) {
            healthy &= status.getLedShards() == 0;
            problems.add(
                    "broker %d takes no writes: %s"
                            .formatted(broker.nodeId(), status.getWriteState()));
        }
        if (status.getBroker().getAlive() && status.getWalStalledMs() > 0) {
            problems.add(
                    "broker %d gives its leaderships away: its disk has hung for %,d ms"
                            .formatted(broker.nodeId(), status.getWalStalledMs()));
        }
        if (broker.state() == BrokerState.LEAVING) {
            changes.add(
                    "broker %d is being removed: it holds %d replicas and leads %d shards"
                            .formatted(
                                    broker.nodeId(),
                                    status.getReplicaCount(),
                                    status.getLedShards()));
        } else if (broker.state() == BrokerState.FILLING) {
            changes.add(
                    "broker %d takes its share of replicas: it holds %d"
                            .formatted(broker.nodeId(), status.getReplicaCount()));
        }
    }

    private ShardStatus shard(ShardImage shard) {
        ShardStatus.Builder status = ShardStatus.newBuilder().setShard(maps.shard(shard));
        AgedReport last = reports.get(status.getShard().getLeaderNode());
        if (last != null && !last.getAlive()) {
            status.getShardBuilder().setLeaderNode(0); // unknown, until a new one reports
        }
        ReplicaReport leader = leaderOf(shard, status);
        ReplicaReport seen = leader != null ? leader : anyOf(shard);
        if (seen != null) {
            status.setRole(seen.getRole())
                    .setCommitIndex(seen.getCommitIndex())
                    .setAppliedIndex(seen.getAppliedIndex())
                    .setCheckpointIndex(seen.getCheckpointIndex())
                    .setFirstLogIndex(seen.getFirstLogIndex())
                    .setPartitionCount(seen.getPartitionCount())
                    .setProblem(seen.getProblem());
        }
        if (status.getShard().getLeaderNode() == 0) {
            healthy = false;
            problems.add(
                    "shard %d has no leader: it takes no writes, and reads are EVENTUAL"
                            .formatted(shard.shard()));
        } else if (!status.getProblem().isEmpty()) {
            healthy = false;
            problems.add("shard " + shard.shard() + ": " + status.getProblem());
        }
        ReplicaDrawing replicas = new ReplicaDrawing(shard, leader, reports);
        shard.replicas().forEach(one -> status.addReplicas(replicas.draw(one)));
        replicas.tell(problems, changes);
        return status.build();
    }

    private ReplicaReport leaderOf(ShardImage shard, ShardStatus.Builder status) {
        AgedReport report = reports.get(status.getShard().getLeaderNode());
        return report == null ? null : ReplicaDrawing.find(report, shard.shard());
    }

    /** Of the first replica that lives. */
    private ReplicaReport anyOf(ShardImage shard) {
        for (ReplicaImage replica : shard.replicas()) {
            AgedReport report = reports.get(replica.nodeId());
            if (report != null && report.getAlive() && replica.state() != ReplicaState.LOST) {
                ReplicaReport found = ReplicaDrawing.find(report, shard.shard());
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }
}
