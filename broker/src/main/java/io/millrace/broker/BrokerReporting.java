package io.millrace.broker;

import io.millrace.broker.cluster.LocalReports;
import io.millrace.broker.cluster.Reporter;
import io.millrace.broker.metrics.ReplicaReading;
import io.millrace.broker.pull.PullProgress;
import io.millrace.raft.wal.WalUsage;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What a broker says of itself, to the controller's leader and to whoever asks. Thread-safe. */
final class BrokerReporting {

    private final BrokerShards shards;
    private final BrokerUpkeep upkeep;
    private final LongSupplier stalledNanos;
    private final long startTimeMs;
    private final LocalReports reports;
    private final Reporter reporter;

    /**
     * @param unfitness why this broker should lead nothing; empty if it may
     * @param stalledNanos for how long the write or force under way has taken; 0 if there is none
     */
    BrokerReporting(
            BrokerPeers peers,
            BrokerShards shards,
            BrokerUpkeep upkeep,
            Supplier<String> unfitness,
            LongSupplier stalledNanos,
            long startTimeMs) {
        this.shards = shards;
        this.upkeep = upkeep;
        this.stalledNanos = stalledNanos;
        this.startTimeMs = startTimeMs;
        this.reports =
                new LocalReports(
                        shards.local(),
                        peers.self().nodeId(),
                        shards::runningId,
                        this::state,
                        shard -> pulledBytes(upkeep, shard));
        this.reporter =
                new Reporter(
                        peers.self(),
                        peers.controller().images()::current,
                        reports::status,
                        reports::replicas,
                        () -> List.of(shards.writeProblem(), reports.signs()),
                        unfitness);
    }

    LocalReports reports() {
        return reports;
    }

    Reporter reporter() {
        return reporter;
    }

    /** What the data replicas here lack. */
    List<ReplicaReading> replicas() {
        return shards.local().dataShards().stream()
                .map(
                        shard ->
                                new ReplicaReading(
                                        shard.shard().id(),
                                        shard.view().missingRecords(),
                                        pulledBytes(upkeep, shard.shard().id())))
                .toList();
    }

    private LocalReports.LocalState state() {
        WalUsage wal = shards.walUsage();
        return new LocalReports.LocalState(
                startTimeMs,
                shards.disk().freeBytes(),
                shards.disk().reserveBytes(),
                wal.usedBytes(),
                wal.capBytes(),
                stalledNanos.getAsLong() / 1_000_000,
                shards.logBytes(),
                shards.writeProblem());
    }

    private long pulledBytes(BrokerUpkeep upkeep, int shard) {
        return Optional.ofNullable(shards.local().dataShard(shard))
                .flatMap(upkeep::progress)
                .map(PullProgress::pulledBytes)
                .orElse(0L);
    }
}
