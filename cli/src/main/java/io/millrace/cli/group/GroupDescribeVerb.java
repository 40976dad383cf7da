package io.millrace.cli.group;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.cli.Table;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.admin.group.SeekLogEntry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace group describe}. */
@Command(
        name = "describe",
        description = {
            "Show a group, how far it is in each partition, its settings and its newest seeks.",
            "LAG is the number of records that are not done, LAG S how many seconds ago the first of"
                    + " them was appended; - is not known. What --output json prints can be given to"
                    + " 'millrace group seek --to file:PATH'.",
        })
final class GroupDescribeVerb extends GroupCall {
    private static final int WIDTH = 100;

    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String name;

    GroupDescribeVerb(final CommandContext context) {
        super(context);
    }

    @Override
    protected int run(final GroupAdmin groups) {
        final GroupDescription group = groups.describe(name);
        context().output().print(group, () -> text(group));
        return ExitCode.DONE;
    }

    private static String text(final GroupDescription group) {
        final StringBuilder text = new StringBuilder();
        text.append("group        ").append(group.group().name()).append('\n');
        text.append("mode         ").append(GroupText.mode(group.group())).append('\n');
        text.append("paused       ").append(group.paused() ? "yes" : "no").append('\n');
        text.append("coordinator  ").append(GroupText.coordinator(group.group()));
        text.append(", shard ").append(group.group().shard()).append('\n');
        text.append("members      ").append(group.members().size()).append('\n');
        text.append("lag          ").append(lag(group.partitions())).append('\n');
        if (group.leftOut() != null) {
            text.append("left out     ").append(GroupText.leftOut(group.leftOut())).append('\n');
        }
        text.append('\n');
        if (!group.partitions().isEmpty()) {
            text.append(partitions(group)).append('\n');
        }
        text.append(settings(group.config()));
        if (!group.seeks().isEmpty()) {
            text.append('\n').append(seeks(group.seeks()));
        }
        return text.toString();
    }

    private static String lag(final List<GroupPartition> partitions) {
        final Long records = GroupText.lagRecords(partitions);
        final Long time = GroupText.lagMs(partitions);
        return (records == null ? "unknown" : count(records, "record"))
                + ", "
                + (time == null ? "unknown" : GroupText.seconds(time) + " s");
    }

    private static Table partitions(final GroupDescription group) {
        final Map<String, String> names = GroupText.names(group);
        final Table table =
                new Table()
                        .fit(WIDTH)
                        .words("TOPIC")
                        .numbers("PARTITION")
                        .numbers("DONE TO")
                        .numbers("END")
                        .numbers("LAG")
                        .numbers("LAG S")
                        .words("MEMBER")
                        .words("VERDICT");
        for (final GroupPartition it : group.partitions()) {
            table.row(
                    it.topic(),
                    it.partition(),
                    GroupText.known(it.committedOffset()),
                    GroupText.known(it.logEndOffset()),
                    GroupText.known(it.lagRecords()),
                    it.lagMs() == null ? "-" : GroupText.seconds(it.lagMs()),
                    names.getOrDefault(it.memberId(), it.memberId().isEmpty() ? "-" : "gone"),
                    GroupText.verdict(it.verdict()));
        }
        return table;
    }

    private static Table settings(final Map<String, String> config) {
        final Table table = new Table().words("SETTING").words("VALUE");
        new TreeMap<>(config).forEach(table::row);
        return table;
    }

    private static Table seeks(final List<SeekLogEntry> seeks) {
        final Table table =
                new Table()
                        .fit(WIDTH)
                        .numbers("SEEK")
                        .words("TIME")
                        .numbers("PARTITIONS")
                        .words("REASON");
        for (final SeekLogEntry it : seeks) {
            table.row(
                    it.seekId(),
                    Instant.ofEpochMilli(it.timeMs()).truncatedTo(ChronoUnit.SECONDS),
                    it.moves().size(),
                    it.reason());
        }
        return table;
    }
}
