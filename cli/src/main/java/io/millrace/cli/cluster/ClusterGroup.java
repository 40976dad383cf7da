package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.cli.Group;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace cluster}. */
@Command(
        name = "cluster",
        description = "Show how the cluster is, and change who holds and leads what.")
public final class ClusterGroup implements Group {
    private ClusterGroup() {}

    /** The group with its verbs. */
    public static CommandLine assemble(final CommandContext context) {
        return new CommandLine(new ClusterGroup())
                .addSubcommand(new ClusterStatusVerb(context))
                .addSubcommand(new ClusterBrokersVerb(context))
                .addSubcommand(new ClusterShardsVerb(context))
                .addSubcommand(new ClusterAddVerb(context))
                .addSubcommand(new ClusterRemoveVerb(context))
                .addSubcommand(new ClusterDrainVerb(context))
                .addSubcommand(new ClusterUndrainVerb(context))
                .addSubcommand(new ClusterTransferVerb(context))
                .addSubcommand(new ClusterMoveVerb(context))
                .addSubcommand(new ClusterConfigVerb(context))
                .addSubcommand(new ClusterSetVerb(context));
    }
}
