package io.millrace.cli.cluster;

import io.millrace.cli.Table;
import io.millrace.client.admin.BrokerStatus;
import io.millrace.client.admin.ReplicaStatus;
import io.millrace.client.admin.ShardStatus;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Brokers and shards for people, each line within 100 columns. JSON has all there is. */
final class ClusterTables {
    private static final int WIDTH = 100;
    private static final long MIB = 1 << 20;

    private ClusterTables() {}

    static Table brokers(final List<BrokerStatus> brokers) {
        final Table table =
                new Table()
                        .fit(WIDTH)
                        .numbers("NODE")
                        .words("ADDRESS")
                        .words("STATE")
                        .numbers("LEADS")
                        .numbers("REPLICAS")
                        .numbers("LOGS MIB")
                        .numbers("WAL MIB")
                        .numbers("FREE MIB")
                        .words("WRITES");
        for (final BrokerStatus it : brokers) {
            table.row(
                    it.nodeId(),
                    it.address(),
                    state(it),
                    it.ledShards(),
                    it.replicas(),
                    it.logBytes() / MIB,
                    it.walUsedBytes() / MIB,
                    it.diskFreeBytes() / MIB,
                    it.writeState());
        }
        return table;
    }

    static Table shards(final List<ShardStatus> shards) {
        final Table table =
                new Table()
                        .fit(WIDTH)
                        .words("SHARD")
                        .words("LEADER")
                        .words("REPLICAS")
                        .numbers("PARTITIONS")
                        .numbers("COMMITTED")
                        .numbers("LAG")
                        .numbers("MISSING")
                        .words("PROBLEM");
        for (final ShardStatus it : shards) {
            table.row(
                    it.shard() == 0 ? "0 (controller)" : it.shard(),
                    it.leaderNode() == 0 ? "none" : it.leaderNode(),
                    replicas(it),
                    it.partitions(),
                    it.commitIndex(),
                    lag(it),
                    it.replicas().stream().mapToLong(ReplicaStatus::missingRecords).sum(),
                    problem(it));
        }
        return table;
    }

    /** A broker whose lease has run out is in no other state that matters. */
    static String state(final BrokerStatus broker) {
        if (!broker.alive() && broker.silentMs() != null) {
            return "silent " + broker.silentMs() / 1000 + " s";
        }
        return broker.state();
    }

    /** The nodes, with what is not simply a voter: {@code 1,2,4:learner}. */
    private static String replicas(final ShardStatus shard) {
        if (shard.replicas().isEmpty()) {
            return shard.replicaNodes().stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(","));
        }
        return shard.replicas().stream()
                .map(
                        it ->
                                it.state().equals("VOTER") || it.state().isEmpty()
                                        ? String.valueOf(it.nodeId())
                                        : it.nodeId()
                                                + ":"
                                                + it.state().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining(","));
    }

    /** The largest; a dash if nothing is known. */
    private static String lag(final ShardStatus shard) {
        return shard.replicas().stream()
                .map(ReplicaStatus::lag)
                .filter(Objects::nonNull)
                .max(Long::compare)
                .map(String::valueOf)
                .orElse("-");
    }

    private static String problem(final ShardStatus shard) {
        if (!shard.problem().isEmpty()) {
            return shard.problem();
        }
        return shard.replicas().stream()
                .filter(it -> !it.problem().isEmpty())
                .findFirst()
                .map(it -> "node " + it.nodeId() + ": " + it.problem())
                .orElse("");
    }
}
