package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster transfer}. */
@Command(
        name = "transfer",
        description = {"Move the leadership of a shard to another of its replicas."},
        footer = {"", "Example:", "  millrace cluster transfer 3 --to 2 --yes"})
final class ClusterTransferVerb extends ClusterChangeVerb {
    @Parameters(
            paramLabel = "SHARD",
            converter = ShardConverter.class,
            description = "The shard's number, as 'cluster shards' shows it.")
    private Integer shard;

    @Option(
            names = "--to",
            paramLabel = "NODE",
            converter = NodeConverter.class,
            description = "The node that is to lead. Default: whichever is closest.")
    private Integer to;

    ClusterTransferVerb(final CommandContext context) {
        super(context);
    }

    @Override
    ClusterChange change() {
        return new ClusterChange.Transfer(shard, to == null ? 0 : to);
    }

    @Override
    String words() {
        return "transfer shard " + shard + (to == null ? "" : " to node " + to);
    }

    @Override
    boolean isDone(final ClusterStatus status) {
        return to == null || Placements.leads(status, to, shard);
    }
}
