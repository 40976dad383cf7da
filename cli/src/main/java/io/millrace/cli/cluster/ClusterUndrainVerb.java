package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster undrain}. */
@Command(
        name = "undrain",
        description = {"Let a broker lead again that was drained."},
        footer = {"", "Example:", "  millrace cluster undrain 2 --yes"})
final class ClusterUndrainVerb extends ClusterChangeVerb {
    @Parameters(
            paramLabel = "NODE",
            converter = NodeConverter.class,
            description = "The broker's node id.")
    private Integer node;

    ClusterUndrainVerb(final CommandContext context) {
        super(context);
    }

    @Override
    ClusterChange change() {
        return new ClusterChange.UndrainNode(node);
    }

    @Override
    String words() {
        return "undrain node " + node;
    }

    @Override
    boolean isDone(final ClusterStatus status) {
        return Placements.isIn(status, node, "ACTIVE");
    }
}
