package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.ClusterStatus;
import picocli.CommandLine.Command;

/** {@code millrace cluster status}. */
@Command(
        name = "status",
        description = {
            "Show in a few lines how the cluster is.",
            "Answers within 10 s. Exit code 0 only if every shard has a leader and takes writes.",
        })
final class ClusterStatusVerb extends ClusterVerb {
    ClusterStatusVerb(final CommandContext context) {
        super(context);
    }

    @Override
    Object data(final ClusterStatus status) {
        return status;
    }

    @Override
    Object text(final ClusterStatus status) {
        final long led = status.shards().stream().filter(it -> it.leaderNode() != 0).count();
        return String.join(
                "\n",
                "cluster     " + status.clusterId(),
                "health      " + (isWell(status) ? "well" : "not well"),
                "brokers     " + status.brokers().size(),
                "shards      " + status.shards().size() + ", " + led + " with a leader",
                "topics      " + status.topics(),
                "partitions  " + status.partitions());
    }
}
