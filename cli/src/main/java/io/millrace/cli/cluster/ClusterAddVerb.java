package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster add}. */
@Command(
        name = "add",
        description = {
            "Give a broker that has joined its share: it brings new shards and takes replicas over.",
            "Waits until all are whole."
        },
        footer = {"", "Example:", "  millrace cluster add 4 --plan"})
final class ClusterAddVerb extends ClusterChangeVerb {
    @Parameters(
            paramLabel = "NODE",
            converter = NodeConverter.class,
            description = "The broker's node id.")
    private Integer node;

    ClusterAddVerb(final CommandContext context) {
        super(context);
    }

    @Override
    ClusterChange change() {
        return new ClusterChange.AddNode(node);
    }

    @Override
    String words() {
        return "add node " + node;
    }

    @Override
    boolean isDone(final ClusterStatus status) {
        return Placements.isIn(status, node, "ACTIVE") && Placements.areSettled(status);
    }
}
