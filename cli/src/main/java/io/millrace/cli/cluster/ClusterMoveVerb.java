package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster move}. */
@Command(
        name = "move",
        description = {
            "Move a replica of a shard from one broker to another. Waits until the new one is whole."
        },
        footer = {"", "Example:", "  millrace cluster move 3 --from 1 --to 4 --plan"})
final class ClusterMoveVerb extends ClusterChangeVerb {
    @Parameters(
            paramLabel = "SHARD",
            converter = ShardConverter.class,
            description = "The shard's number, as 'cluster shards' shows it.")
    private Integer shard;

    @Option(
            names = "--from",
            paramLabel = "NODE",
            required = true,
            converter = NodeConverter.class,
            description = "The node that holds it.")
    private Integer from;

    @Option(
            names = "--to",
            paramLabel = "NODE",
            required = true,
            converter = NodeConverter.class,
            description = "The node that is to hold it.")
    private Integer to;

    ClusterMoveVerb(final CommandContext context) {
        super(context);
    }

    @Override
    ClusterChange change() {
        return new ClusterChange.Move(shard, from, to);
    }

    @Override
    String words() {
        return "move shard " + shard + " from node " + from + " to node " + to;
    }

    @Override
    boolean isDone(final ClusterStatus status) {
        return Placements.isMoved(status, shard, from, to);
    }
}
