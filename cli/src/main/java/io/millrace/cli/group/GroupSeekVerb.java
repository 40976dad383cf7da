package io.millrace.cli.group;

import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.cli.PartitionConverter;
import io.millrace.cli.Table;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.admin.group.SeekMove;
import io.millrace.client.admin.group.SeekPoint;
import io.millrace.client.admin.group.SeekResult;
import io.millrace.client.admin.group.SeekTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace group seek}. */
@Command(
        name = "seek",
        description = {
            "Move the committed offsets of a group. Only shows what would be done; --yes does it.",
            "Partitions that a member holds are moved only while the group is paused. Every seek is"
                    + " logged, and --undo takes it back.",
        },
        footer = {
            "",
            "Examples:",
            "  millrace group seek billing --to earliest",
            "  millrace group seek billing --to -1h --topic orders --yes --reason 'wrong prices'",
            "  millrace group seek billing --to -10 --topic orders --partition 3 --yes",
            "  millrace group seek billing --to file:before.json --yes",
            "  millrace group seek billing --undo 7 --yes",
        })
final class GroupSeekVerb extends GroupCall {
    private static final int MAX_REASON = 200;

    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String name;

    @Option(
            names = "--to",
            paramLabel = "PLACE",
            description =
                    "Where to: earliest, latest, an offset, @TIME (@2026-11-22T10:00:00Z), -DURATION"
                            + " (so long ago: -1h), +N or -N records from the committed offset,"
                            + " group:NAME (as that group), or file:PATH (what 'group describe' or"
                            + " 'group seek' printed as JSON).")
    private SeekGoal goal;

    @Option(
            names = "--undo",
            paramLabel = "ID",
            description = "Put back what the seek with this number moved.")
    private Long undo;

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Only this one; may be repeated. Default: all topics of the group.")
    private Set<String> topics = new TreeSet<>();

    @Option(
            names = "--partition",
            split = ",",
            paramLabel = "N",
            converter = PartitionConverter.class,
            description = "Only these of the one --topic; may be repeated. Default: all.")
    private Set<Integer> partitions = new TreeSet<>();

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Who asks and why, for the log; at most 200 characters.")
    private String reason;

    @Option(names = "--plan", description = "Only show what would be done, as without --yes.")
    private boolean planOnly;

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Spec private CommandSpec spec;

    GroupSeekVerb(final CommandContext context) {
        super(context);
    }

    @Override
    protected int run(final GroupAdmin groups) {
        check();
        final boolean apply = yes && !planOnly;
        final GroupAdmin asked = apply ? groups : groups.plan();
        final SeekResult result =
                undo == null
                        ? asked.seek(name, targets(groups), reason)
                        : asked.undo(name, undo, reason);
        context().output().print(result, () -> table(result.moves()));
        context().err().println(apply ? done(result) : planned(result));
        return ExitCode.DONE;
    }

    private void check() {
        if ((goal == null) == (undo == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "say where to with --to PLACE, or take one back with --undo ID");
        }
        if (undo != null && !(topics.isEmpty() && partitions.isEmpty())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--undo takes back all of a seek; leave --topic and --partition out");
        }
        if (!partitions.isEmpty() && topics.size() != 1) {
            throw new ParameterException(
                    spec.commandLine(), "--partition needs one --topic that it is of");
        }
        if (reason.length() > MAX_REASON) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--reason has "
                            + reason.length()
                            + " characters; it has "
                            + MAX_REASON
                            + " at most");
        }
    }

    private List<SeekTarget> targets(final GroupAdmin groups) {
        if (goal instanceof SeekGoal.ByFile it) {
            return ofFile(it);
        }
        final SeekPoint point = ((SeekGoal.Everywhere) goal).point();
        final List<SeekTarget> targets = new ArrayList<>();
        for (final String topic : topics.isEmpty() ? topicsOf(groups) : topics) {
            if (partitions.isEmpty()) {
                targets.add(SeekTarget.topic(topic, point));
            }
            partitions.forEach(it -> targets.add(SeekTarget.partition(topic, it, point)));
        }
        return targets;
    }

    private List<SeekTarget> ofFile(final SeekGoal.ByFile it) {
        final List<SeekTarget> targets;
        try {
            targets = new ArrayList<>(new SeekFile(it.file()).targets());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        targets.removeIf(target -> !topics.isEmpty() && !topics.contains(target.topic()));
        targets.removeIf(
                target -> !partitions.isEmpty() && !partitions.contains(target.partition()));
        if (targets.isEmpty()) {
            throw new CommandException(it.file() + " holds none of the partitions asked for");
        }
        return targets;
    }

    private Set<String> topicsOf(final GroupAdmin groups) {
        final Set<String> found = new TreeSet<>();
        groups.describe(name).partitions().stream().map(GroupPartition::topic).forEach(found::add);
        if (found.isEmpty()) {
            throw new CommandException(
                    "group " + name + " follows no topic yet; name one with --topic");
        }
        return found;
    }

    private static String planned(final SeekResult result) {
        return result.obstacle().isEmpty()
                ? "Nothing was done; --yes does it."
                : "Nothing was done, and --yes would be refused now: " + result.obstacle();
    }

    private String done(final SeekResult result) {
        if (result.seekId() == 0) {
            return "Everything was there already; nothing was done.";
        }
        return "Done. 'millrace group seek "
                + name
                + " --undo "
                + result.seekId()
                + " --yes' takes it back.";
    }

    private static Table table(final List<SeekMove> moves) {
        final Table table =
                new Table()
                        .words("TOPIC")
                        .numbers("PARTITION")
                        .numbers("FROM")
                        .numbers("TO")
                        .numbers("RECORDS");
        for (final SeekMove it : moves) {
            table.row(
                    it.topic(),
                    it.partition(),
                    it.fromOffset() == null ? "none" : it.fromOffset(),
                    it.toOffset() == null ? "none" : it.toOffset(),
                    it.fromOffset() == null || it.toOffset() == null
                            ? "-"
                            : String.format("%+d", it.toOffset() - it.fromOffset()));
        }
        return table;
    }
}
