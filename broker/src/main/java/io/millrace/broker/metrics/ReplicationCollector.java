package io.millrace.broker.metrics;

import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.ShardStatus.Follower;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** How the replicas of the shards here keep up, read when somebody scrapes. */
final class ReplicationCollector extends Collector {

    /** A voter that was silent for longer does not count as there. */
    static final long SILENT_MS = 10_000;

    private static final List<String> SHARD = List.of("shard");
    private static final List<String> FOLLOWER = List.of("shard", "node");
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private volatile Supplier<? extends Collection<? extends Shard>> shards = List::of;
    private volatile Supplier<? extends Collection<ReplicaReading>> replicas = List::of;

    void watchShards(Supplier<? extends Collection<? extends Shard>> source) {
        shards = source;
    }

    void watchReplicas(Supplier<? extends Collection<ReplicaReading>> source) {
        replicas = source;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        GaugeMetricFamily lag =
                new GaugeMetricFamily(
                        "millrace_raft_follower_lag_entries",
                        "Raft entries that a member lacks, as its leader here sees it.",
                        FOLLOWER);
        GaugeMetricFamily silent =
                new GaugeMetricFamily(
                        "millrace_raft_follower_silent_seconds",
                        "Since when the leader here has no answer of a member; +Inf: it never had one.",
                        FOLLOWER);
        GaugeMetricFamily staleness =
                new GaugeMetricFamily(
                        "millrace_shard_staleness_seconds",
                        "Age of the state that reads of this replica see; 0: it leads, +Inf: unknown.",
                        SHARD);
        int underReplicated = 0;
        for (Shard shard : shards.get()) {
            String id = Integer.toString(shard.id());
            long nanos = shard.stalenessNanos();
            staleness.addMetric(List.of(id), seconds(nanos, NANOS));
            ShardStatus status = shard.status();
            for (Follower follower : status.followers()) {
                List<String> labels = List.of(id, Integer.toString(follower.member().nodeId()));
                lag.addMetric(labels, Math.max(0, status.lastLogIndex() - follower.matchIndex()));
                silent.addMetric(labels, seconds(follower.silentMs(), 1_000));
            }
            underReplicated += isUnderReplicated(status) ? 1 : 0;
        }
        return List.of(
                lag,
                silent,
                staleness,
                new GaugeMetricFamily(
                        "millrace_raft_under_replicated_shards",
                        "Shards led here of which a voter has not answered for 10 s.",
                        underReplicated),
                missing(),
                pulled());
    }

    private static boolean isUnderReplicated(ShardStatus status) {
        return status.followers().stream()
                .anyMatch(
                        follower ->
                                follower.silentMs() > SILENT_MS
                                        && status.members().voters().contains(follower.member()));
    }

    private MetricFamilySamples missing() {
        GaugeMetricFamily family =
                new GaugeMetricFamily(
                        "millrace_shard_missing_records",
                        "Records missing in the replica's partition logs, to be pulled from others.",
                        SHARD);
        replicas.get()
                .forEach(
                        one ->
                                family.addMetric(
                                        List.of(Integer.toString(one.shard())),
                                        one.missingRecords()));
        return family;
    }

    private MetricFamilySamples pulled() {
        GaugeMetricFamily family =
                new GaugeMetricFamily(
                        "millrace_shard_pulled_bytes",
                        "Bytes that the replica has pulled since it began to miss records.",
                        SHARD);
        replicas.get()
                .forEach(
                        one ->
                                family.addMetric(
                                        List.of(Integer.toString(one.shard())), one.pulledBytes()));
        return family;
    }

    private static double seconds(long value, double perSecond) {
        return value == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : value / perSecond;
    }
}
