package io.millrace.cli.topic;

import io.millrace.cli.Approval;
import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.PartitionConverter;
import io.millrace.cli.Table;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.TrimPoint;
import io.millrace.client.admin.TrimmedPartition;
import io.millrace.client.subscribe.Position;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic trim}. */
@Command(
        name = "trim",
        description = "Remove the oldest records of a topic. They cannot be brought back.",
        footer = {
            "",
            "Examples:",
            "  millrace topic trim orders --before @-7d --plan",
            "  millrace topic trim orders --before 1000 --partition 3",
            "  millrace topic trim orders --before latest --yes      remove all",
        })
final class TopicTrimVerb extends TopicVerb {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name;

    @Option(
            names = "--before",
            required = true,
            paramLabel = "OFFSET|@TIME|latest",
            description =
                    "The first record to keep: an offset, a time (@2026-11-22T10:00:00Z,"
                            + " @1795341600000, @-1h), or latest to remove all.")
    private Position before;

    @Option(
            names = "--partition",
            split = ",",
            paramLabel = "N",
            converter = PartitionConverter.class,
            description = "Only these; may be repeated. Default: all.")
    private Set<Integer> partitions = new TreeSet<>();

    @Mixin private Approval approval;

    TopicTrimVerb(final CommandContext context) {
        super(context);
    }

    @Override
    int run(final Admin admin) {
        final List<TrimmedPartition> plan = admin.plan().trimTopic(name, partitions, point());
        if (approval.isPlanOnly()) {
            context().output().print(plan, () -> table(plan));
            return ExitCode.DONE;
        }
        if (!approval.given(
                context(), () -> "This removes from topic " + name + ":\n" + table(plan))) {
            return ExitCode.FAILED;
        }
        final List<TrimmedPartition> done = admin.trimTopic(name, partitions, point());
        context().output().print(done, () -> table(done));
        return ExitCode.DONE;
    }

    private TrimPoint point() {
        if (before instanceof Position.AtOffset at) {
            return TrimPoint.offset(at.offset());
        }
        if (before instanceof Position.AtTime at) {
            return TrimPoint.time(Instant.ofEpochMilli(at.timestampMs()));
        }
        return before == Position.latest() ? TrimPoint.all() : TrimPoint.offset(0);
    }

    private static Table table(final List<TrimmedPartition> trimmed) {
        final Table table =
                new Table()
                        .numbers("PARTITION")
                        .numbers("OLD START")
                        .numbers("START")
                        .numbers("REMOVED");
        for (final TrimmedPartition it : trimmed) {
            table.row(
                    it.partition(),
                    it.oldLogStartOffset(),
                    it.logStartOffset(),
                    it.logStartOffset() - it.oldLogStartOffset());
        }
        return table;
    }
}
