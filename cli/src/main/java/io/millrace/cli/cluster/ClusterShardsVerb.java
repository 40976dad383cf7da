package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.ClusterStatus;
import picocli.CommandLine.Command;

/** {@code millrace cluster shards}. */
@Command(
        name = "shards",
        description = "Show the shards, their leaders and replicas, and how far those are.")
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
        return ClusterTables.shards(status.shards());
    }
}
