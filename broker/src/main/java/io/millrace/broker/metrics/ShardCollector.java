package io.millrace.broker.metrics;

import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The Raft state of every shard replica on this broker, read when somebody scrapes. */
final class ShardCollector extends Collector {

    private static final List<String> LABELS = List.of("shard");

    private volatile Supplier<? extends Collection<? extends Shard>> source = List::of;

    void watch(Supplier<? extends Collection<? extends Shard>> newSource) {
        source = newSource;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        List<ShardStatus> shards = source.get().stream().map(Shard::status).toList();
        return List.of(
                roles(shards),
                gauge(shards, "millrace_raft_term", "The replica's Raft term.", ShardStatus::term),
                gauge(
                        shards,
                        "millrace_raft_leader_node",
                        "Node id of the leader as far as known here; 0 if none.",
                        ShardStatus::leaderNode),
                gauge(
                        shards,
                        "millrace_raft_commit_index",
                        "The last Raft index known to be committed.",
                        ShardStatus::commitIndex),
                gauge(
                        shards,
                        "millrace_raft_applied_index",
                        "The last Raft index applied.",
                        ShardStatus::appliedIndex),
                gauge(
                        shards,
                        "millrace_raft_apply_lag_entries",
                        "Raft entries that are committed and not yet applied here.",
                        shard -> Math.max(0, shard.commitIndex() - shard.appliedIndex())),
                gauge(
                        shards,
                        "millrace_raft_checkpoint_index",
                        "The Raft index of the last durable checkpoint; 0 if none.",
                        ShardStatus::checkpointIndex),
                gauge(
                        shards,
                        "millrace_raft_log_entries",
                        "Raft entries of the shard in the write-ahead log.",
                        shard -> Math.max(0, shard.lastLogIndex() - shard.firstLogIndex() + 1)),
                gauge(
                        shards,
                        "millrace_raft_writable",
                        "1 if the replica names no problem that keeps it from taking writes, else 0.",
                        shard -> shard.problem().isEmpty() ? 1 : 0),
                new GaugeMetricFamily(
                        "millrace_raft_leaderless_shards",
                        "Shards with a replica here that know no leader.",
                        shards.stream().filter(shard -> shard.leaderNode() == 0).count()));
    }

    private static MetricFamilySamples roles(List<ShardStatus> shards) {
        GaugeMetricFamily family =
                new GaugeMetricFamily(
                        "millrace_raft_role",
                        "1 for the role that the replica has, 0 for all others.",
                        List.of("shard", "role"));
        for (ShardStatus shard : shards) {
            for (ShardStatus.Role role : ShardStatus.Role.values()) {
                family.addMetric(
                        List.of(
                                Integer.toString(shard.shard()),
                                role.name().toLowerCase(Locale.ROOT)),
                        shard.role() == role ? 1 : 0);
            }
        }
        return family;
    }

    private static MetricFamilySamples gauge(
            List<ShardStatus> shards,
            String name,
            String help,
            ToDoubleFunction<ShardStatus> value) {
        GaugeMetricFamily family = new GaugeMetricFamily(name, help, LABELS);
        for (ShardStatus shard : shards) {
            family.addMetric(List.of(Integer.toString(shard.shard())), value.applyAsDouble(shard));
        }
        return family;
    }
}
