package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.cli.Table;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.ShardStatus;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code millrace cluster shards}. */
@Command(name = "shards", description = "Show the shards, their leaders and how far they are.")
final class ClusterShardsVerb extends ClusterVerb {
    ClusterShardsVerb(final CommandContext context) {
        super(context);
    }

    @Override
    Object data(final ClusterStatus status) {
        return status.shards();
    }

    @Override
    Object text(final ClusterStatus status) {
        final Table table =
                new Table()
                        .words("SHARD")
                        .words("LEADER")
                        .words("REPLICAS")
                        .numbers("PARTITIONS")
                        .numbers("COMMITTED")
                        .numbers("APPLIED")
                        .numbers("CHECKPOINT")
                        .words("PROBLEM");
        for (final ShardStatus it : status.shards()) {
            table.row(
                    it.shard() == 0 ? "0 (controller)" : it.shard(),
                    it.leaderNode() == 0 ? "none" : it.leaderNode(),
                    it.replicaNodes().stream()
                            .map(String::valueOf)
                            .collect(Collectors.joining(",")),
                    it.partitions(),
                    it.commitIndex(),
                    it.appliedIndex(),
                    it.checkpointIndex(),
                    it.problem());
        }
        return table;
    }
}
