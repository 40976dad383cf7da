package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.cli.Table;
import io.millrace.client.admin.BrokerStatus;
import io.millrace.client.admin.ClusterStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;

/** {@code millrace cluster brokers}. */
@Command(name = "brokers", description = "Show the brokers, their disks and write-ahead logs.")
final class ClusterBrokersVerb extends ClusterVerb {
    private static final long MIB = 1 << 20;

    ClusterBrokersVerb(final CommandContext context) {
        super(context);
    }

    @Override
    Object data(final ClusterStatus status) {
        return status.brokers();
    }

    @Override
    Object text(final ClusterStatus status) {
        final Table table =
                new Table()
                        .numbers("NODE")
                        .words("ADDRESS")
                        .words("VERSION")
                        .words("STARTED")
                        .numbers("LOGS MIB")
                        .numbers("WAL MIB")
                        .numbers("WAL CAP")
                        .numbers("DISK FREE MIB")
                        .words("WRITES");
        for (final BrokerStatus it : status.brokers()) {
            table.row(
                    it.nodeId(),
                    it.address(),
                    it.version(),
                    Instant.ofEpochMilli(it.startTimeMs()).truncatedTo(ChronoUnit.SECONDS),
                    it.logBytes() / MIB,
                    it.walUsedBytes() / MIB,
                    it.walCapBytes() / MIB,
                    it.diskFreeBytes() / MIB,
                    it.writeState());
        }
        return table;
    }
}
