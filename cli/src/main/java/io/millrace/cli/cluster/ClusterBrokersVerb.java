package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.ClusterStatus;
import picocli.CommandLine.Command;

/** {@code millrace cluster brokers}. */
@Command(name = "brokers", description = "Show the brokers, their disks and write-ahead logs.")
final class ClusterBrokersVerb extends ClusterVerb {
    ClusterBrokersVerb(final CommandContext context) {
        super(context);
    }

    @Override
    Object data(final ClusterStatus status) {
        return status.brokers();
    }

    @Override
    Object text(final ClusterStatus status) {
        return ClusterTables.brokers(status.brokers());
    }
}
