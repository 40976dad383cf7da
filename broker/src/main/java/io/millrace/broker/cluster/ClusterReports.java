package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ShardImage;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import io.millrace.v1.BrokerStatus;
import io.millrace.v1.ClusterStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Says how the cluster is, as this broker sees it. Thread-safe; does not block. */
public final class ClusterReports {

    private final Supplier<ClusterImage> image;
    private final LocalShards shards;
    private final ClusterMaps maps;
    private final int nodeId;
    private final Supplier<LocalState> local;

    /**
     * How this broker itself is.
     *
     * @param startTimeMs since when it runs
     * @param diskFreeBytes free bytes of its disk
     * @param diskReserveBytes below which writes are refused
     * @param walUsedBytes bytes of its write-ahead log in use
     * @param walCapBytes the most it may use
     * @param logBytes bytes of all its partition logs
     * @param writeProblem why it takes no writes; empty if it does
     */
    public record LocalState(
            long startTimeMs,
            long diskFreeBytes,
            long diskReserveBytes,
            long walUsedBytes,
            long walCapBytes,
            long logBytes,
            String writeProblem) {}

    public ClusterReports(
            Supplier<ClusterImage> image,
            LocalShards shards,
            ClusterMaps maps,
            int nodeId,
            Supplier<LocalState> local) {
        this.image = image;
        this.shards = shards;
        this.maps = maps;
        this.nodeId = nodeId;
        this.local = local;
    }

    /** The report of this moment. */
    public ClusterStatus report() {
        ClusterImage current = image.get();
        LocalState state = local.get();
        List<String> problems = new ArrayList<>();
        ClusterStatus.Builder report =
                ClusterStatus.newBuilder()
                        .setClusterId(current.clusterId())
                        .setTopicCount(current.topics().size())
                        .setPartitionCount(current.partitionCount());
        for (BrokerImage broker : current.brokers().values()) {
            report.addBrokers(broker(broker, state));
        }
        for (ShardImage shard : current.shards().values()) {
            report.addShards(shard(shard, problems));
        }
        if (!state.writeProblem().isEmpty()) {
            problems.add("broker " + nodeId + " takes no writes: " + state.writeProblem());
        }
        return report.addAllProblems(problems).setHealthy(problems.isEmpty()).build();
    }

    private BrokerStatus broker(BrokerImage broker, LocalState state) {
        BrokerStatus.Builder status = BrokerStatus.newBuilder().setBroker(maps.broker(broker));
        if (broker.nodeId() == nodeId) {
            status.setStartTimeMs(state.startTimeMs())
                    .setDiskFreeBytes(state.diskFreeBytes())
                    .setDiskReserveBytes(state.diskReserveBytes())
                    .setWalUsedBytes(state.walUsedBytes())
                    .setWalCapBytes(state.walCapBytes())
                    .setLogBytes(state.logBytes())
                    .setWriteState(
                            state.writeProblem().isEmpty() ? "takes writes" : state.writeProblem());
        }
        return status.build();
    }

    private io.millrace.v1.ShardStatus shard(ShardImage image, List<String> problems) {
        io.millrace.v1.ShardStatus.Builder report =
                io.millrace.v1.ShardStatus.newBuilder().setShard(maps.shard(image));
        Shard shard = shards.shard(image.shard());
        if (shard == null) {
            return report.build();
        }
        ShardStatus status = shard.status();
        LocalShard data = shards.dataShard(image.shard());
        String problem = status.problem();
        if (problem.isEmpty() && data != null) {
            problem = data.view().pauseReason();
        }
        if (!problem.isEmpty()) {
            problems.add("shard " + image.shard() + ": " + problem);
        } else if (report.getShard().getLeaderNode() == 0) {
            problems.add("shard " + image.shard() + " has no leader");
        }
        return report.setRole(status.role().name())
                .setCommitIndex(status.commitIndex())
                .setAppliedIndex(status.appliedIndex())
                .setCheckpointIndex(status.checkpointIndex())
                .setFirstLogIndex(status.firstLogIndex())
                .setPartitionCount(data == null ? 0 : data.view().partitions().size())
                .setProblem(problem)
                .build();
    }
}
