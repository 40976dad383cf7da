package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.ClusterStatus;
import picocli.CommandLine.Command;

/** {@code millrace cluster status}. */
@Command(
        name = "status",
        description = {
            "Show how the cluster is: brokers, shards, leaders, lag, and what is being moved.",
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
        final long alive = status.brokers().stream().filter(it -> it.alive()).count();
        final StringBuilder text = new StringBuilder(head(status, led, alive)).append('\n');
        if (status.brokers().size() > 1) {
            text.append('\n').append(ClusterTables.brokers(status.brokers()));
            text.append('\n').append(ClusterTables.shards(status.shards()));
        }
        status.changes().forEach(it -> text.append("change: ").append(it).append('\n'));
        return text;
    }

    private static String head(final ClusterStatus status, final long led, final long alive) {
        final int brokers = status.brokers().size();
        return String.join(
                "\n",
                "cluster     " + status.clusterId(),
                "health      " + (isWell(status) ? "well" : "not well"),
                "brokers     "
                        + brokers
                        + (brokers > 1
                                ? ", " + alive + " alive, controller " + controller(status)
                                : ""),
                "shards      " + status.shards().size() + ", " + led + " with a leader",
                "topics      " + status.topics(),
                "partitions  " + status.partitions());
    }

    private static String controller(final ClusterStatus status) {
        return status.controllerLeader() == 0
                ? "without a leader"
                : "led by " + status.controllerLeader();
    }
}
