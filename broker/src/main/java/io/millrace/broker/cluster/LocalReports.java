package io.millrace.broker.cluster;

import io.millrace.broker.shard.PartitionView;
import io.millrace.raft.Shard;
import io.millrace.v1.BrokerStatus;
import io.millrace.v1.ReplicaReport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/** How this broker and its replicas are at a moment. Thread-safe; does not block. */
public final class LocalReports {

    private final LocalShards shards;
    private final int nodeId;
    private final IntUnaryOperator replicaId;
    private final Supplier<LocalState> local;
    private final IntToLongFunction pulledBytes;

    /**
     * How this broker itself is.
     *
     * @param startTimeMs since when it runs
     * @param diskFreeBytes free bytes of its disk
     * @param diskReserveBytes below which writes are refused
     * @param walUsedBytes bytes of its write-ahead log in use
     * @param walCapBytes the most it may use
     * @param walStalledMs how long the write or force that is under way has taken
     * @param logBytes bytes of all its partition logs
     * @param writeProblem why it takes no writes; empty if it does
     */
    public record LocalState(
            long startTimeMs,
            long diskFreeBytes,
            long diskReserveBytes,
            long walUsedBytes,
            long walCapBytes,
            long walStalledMs,
            long logBytes,
            String writeProblem) {}

    /**
     * @param replicaId under which id a shard's replica runs here; 0: it does not
     * @param pulledBytes how many bytes a shard's replica here has pulled since it began to miss
     *     any
     */
    public LocalReports(
            LocalShards shards,
            int nodeId,
            IntUnaryOperator replicaId,
            Supplier<LocalState> local,
            IntToLongFunction pulledBytes) {
        this.shards = shards;
        this.nodeId = nodeId;
        this.replicaId = replicaId;
        this.local = local;
        this.pulledBytes = pulledBytes;
    }

    /** This broker, but for who it is. */
    public BrokerStatus status() {
        LocalState state = local.get();
        return BrokerStatus.newBuilder()
                .setStartTimeMs(state.startTimeMs())
                .setDiskFreeBytes(state.diskFreeBytes())
                .setDiskReserveBytes(state.diskReserveBytes())
                .setWalUsedBytes(state.walUsedBytes())
                .setWalCapBytes(state.walCapBytes())
                .setWalStalledMs(state.walStalledMs())
                .setLogBytes(state.logBytes())
                .setWriteState(
                        state.writeProblem().isEmpty()
                                ? ClusterReports.TAKES_WRITES
                                : state.writeProblem())
                .build();
    }

    /**
     * What of it others are to hear of at once, without what a report costs: equal as long as none
     * of that has changed. To be asked often.
     */
    public List<Object> signs() {
        List<Object> signs = new ArrayList<>();
        for (Shard shard : shards.all()) {
            signs.add(shard.id());
            signs.add(replicaId.applyAsInt(shard.id()));
            signs.add(shard.standing());
            signs.add(shard.leadingTerm());
            LocalShard data = shards.dataShard(shard.id());
            if (data != null) {
                signs.add(data.view().missingRecords() == 0);
                signs.add(data.view().pauseReason());
            }
        }
        return signs;
    }

    /** All replicas here. */
    public List<ReplicaReport> replicas() {
        List<ReplicaReport> reports = new ArrayList<>();
        for (Shard shard : shards.all()) {
            int id = replicaId.applyAsInt(shard.id());
            if (id == 0) {
                continue; // it is being stopped
            }
            ReplicaReport.Builder report = ReplicaReports.of(shard, id, nodeId);
            LocalShard data = shards.dataShard(shard.id());
            if (data != null) {
                addLogs(report, data);
            }
            reports.add(report.build());
        }
        return reports;
    }

    private void addLogs(ReplicaReport.Builder report, LocalShard data) {
        long bytes = 0;
        int count = 0;
        for (PartitionView partition : data.view().partitions()) {
            bytes += partition.log().sizeBytes();
            count++;
        }
        report.setLogBytes(bytes)
                .setPartitionCount(count)
                .setMissingRecords(data.view().missingRecords())
                .setPulledBytes(pulledBytes.applyAsLong(data.shard().id()));
        if (report.getProblem().isEmpty()) {
            report.setProblem(data.view().pauseReason());
        }
    }
}
