package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster drain}. */
@Command(
        name = "drain",
        description = {
            "Move all leaderships off a broker and give it none; its replicas stay.",
            "What publishes to it notices nothing. Before maintenance, with undrain after it."
        },
        footer = {"", "Example:", "  millrace cluster drain 2 --yes"})
final class ClusterDrainVerb extends ClusterChangeVerb {
    @Parameters(
            paramLabel = "NODE",
            converter = NodeConverter.class,
            description = "The broker's node id.")
    private Integer node;

    ClusterDrainVerb(final CommandContext context) {
        super(context);
    }

    @Override
    ClusterChange change() {
        return new ClusterChange.DrainNode(node);
    }

    @Override
    String words() {
        return "drain node " + node;
    }

    @Override
    boolean isDone(final ClusterStatus status) {
        return Placements.isIn(status, node, "DRAINED") && Placements.leadsNothing(status, node);
    }
}
