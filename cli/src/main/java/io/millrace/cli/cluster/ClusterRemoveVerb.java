package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster remove}. */
@Command(
        name = "remove",
        description = {
            "Move everything off a broker, then forget it. Waits until that is done; stop it then.",
            "A dead broker is removed in the same way: its replicas are made anew elsewhere."
        },
        footer = {"", "Example:", "  millrace cluster remove 4"})
final class ClusterRemoveVerb extends ClusterChangeVerb {
    @Parameters(
            paramLabel = "NODE",
            converter = NodeConverter.class,
            description = "The broker's node id.")
    private Integer node;

    ClusterRemoveVerb(final CommandContext context) {
        super(context);
    }

    @Override
    ClusterChange change() {
        return new ClusterChange.RemoveNode(node);
    }

    @Override
    String words() {
        return "remove node " + node;
    }

    @Override
    boolean isDone(final ClusterStatus status) {
        return Placements.isGone(status, node);
    }
}
