package io.millrace.cli.dlq;

import io.millrace.cli.CommandContext;
import io.millrace.cli.CountConverter;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.cli.Table;
import io.millrace.client.admin.group.DeadLetter;
import io.millrace.client.admin.group.DeadLetterPage;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupInfo;
import io.millrace.client.admin.group.GroupMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace dlq list}. */
@Command(
        name = "list",
        description = {
            "List the dead letters of a group, oldest first.",
            "Without GROUP: say of each group in queue mode how many it has.",
        })
final class DeadLetterListVerb extends GroupCall {
    private static final int WIDTH = 100;

    @Parameters(paramLabel = "GROUP", arity = "0..1", description = "Its name.")
    private String name;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "100",
            converter = CountConverter.class,
            description = "How many to show at most. Default: ${DEFAULT-VALUE}.")
    private int count;

    DeadLetterListVerb(final CommandContext context) {
        super(context);
    }

    /**
     * What a group has given up.
     *
     * @param oldestMs when the oldest was given up, milliseconds since 1970 UTC; null: there is
     *     none
     */
    record Tally(String group, long deadLetters, Long oldestMs) {}

    @Override
    protected int run(final GroupAdmin groups) {
        if (name == null) {
            final List<Tally> tallies = tallies(groups);
            context().output().print(tallies, () -> tallyTable(tallies));
            return ExitCode.DONE;
        }
        final DeadLetters.Oldest oldest = new DeadLetters(groups, name).oldest(count);
        context()
                .output()
                .print(
                        oldest.found().stream().map(DeadLetterText::json).toList(),
                        () -> table(oldest.found()));
        final long more = oldest.total() - oldest.found().size();
        if (more > 0) {
            context().err().println(more + " more; --count N shows them");
        }
        return ExitCode.DONE;
    }

    private static List<Tally> tallies(final GroupAdmin groups) {
        final List<Tally> tallies = new ArrayList<>();
        for (final GroupInfo it : groups.list()) {
            if (it.mode() == GroupMode.QUEUE) {
                final DeadLetterPage page = groups.deadLetters(it.name(), 1, "");
                tallies.add(
                        new Tally(
                                it.name(),
                                page.total(),
                                page.deadLetters().isEmpty()
                                        ? null
                                        : page.deadLetters().get(0).timeMs()));
            }
        }
        return tallies;
    }

    private static Table tallyTable(final List<Tally> tallies) {
        final Table table = new Table().words("GROUP").numbers("DEAD LETTERS").words("OLDEST");
        for (final Tally it : tallies) {
            table.row(
                    it.group(),
                    it.deadLetters(),
                    it.oldestMs() == null ? "-" : Instant.ofEpochMilli(it.oldestMs()));
        }
        return table;
    }

    private static Table table(final List<DeadLetter> letters) {
        final Table table =
                new Table()
                        .fit(WIDTH)
                        .words("NAME")
                        .words("TOPIC")
                        .numbers("PARTITION")
                        .numbers("OFFSET")
                        .words("GIVEN UP")
                        .numbers("DELIVERIES")
                        .words("REASON");
        for (final DeadLetter it : letters) {
            table.row(
                    it.name(),
                    it.topic(),
                    it.partition(),
                    it.offset(),
                    DeadLetterText.time(it),
                    it.deliveries(),
                    DeadLetterText.plain(it.reason()));
        }
        return table;
    }
}
