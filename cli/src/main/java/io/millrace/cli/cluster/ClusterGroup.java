package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.cli.Group;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace cluster}. */
@Command(name = "cluster", description = "Show how the cluster is.")
public final class ClusterGroup implements Group {
    private ClusterGroup() {}

    /** The group with its verbs. */
    public static CommandLine assemble(final CommandContext context) {
        return new CommandLine(new ClusterGroup())
                .addSubcommand(new ClusterStatusVerb(context))
                .addSubcommand(new ClusterBrokersVerb(context))
                .addSubcommand(new ClusterShardsVerb(context));
    }
}
