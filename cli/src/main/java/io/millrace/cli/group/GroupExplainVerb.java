package io.millrace.cli.group;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.admin.group.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace group explain}. */
@Command(
        name = "explain",
        description = {
            "Say of each partition why it does or does not move, what shows it, and what helps.",
            "Exit code 0 if all partitions move or are caught up, 1 if one does not, or if topics are"
                    + " left out since they are too many.",
        })
final class GroupExplainVerb extends GroupCall {
    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String name;

    GroupExplainVerb(final CommandContext context) {
        super(context);
    }

    /** What partitions of a topic have in common that do not move. */
    private record Trouble(String topic, Verdict verdict, String evidence, String advice) {}

    @Override
    protected int run(final GroupAdmin groups) {
        final GroupDescription group = groups.describe(name);
        context().output().print(group.partitions(), () -> text(group));
        return isWell(group) ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** Members that have nothing to do wait for topics that are not there. */
    private static boolean isWell(final GroupDescription group) {
        return group.leftOut() == null
                && group.partitions().stream().allMatch(it -> it.verdict().isWell())
                && (group.members().isEmpty() || !group.partitions().isEmpty());
    }

    private String text(final GroupDescription group) {
        if (group.partitions().isEmpty() && group.leftOut() == null) {
            return nothing(group);
        }
        final StringBuilder text = new StringBuilder();
        if (group.leftOut() != null) {
            text.append("not followed: ").append(GroupText.leftOut(group.leftOut()));
            text.append("\n  helps: narrow the patterns of its members, or share the topics among")
                    .append(" groups\n");
        }
        troubles(group.partitions())
                .forEach((trouble, partitions) -> append(trouble, partitions, text));
        return text.append(well(group.partitions())).toString();
    }

    private String nothing(final GroupDescription group) {
        if (group.members().isEmpty()) {
            return "group " + name + " has no member, and has committed nothing";
        }
        final String follows =
                group.members().stream()
                        .flatMap(it -> it.topics().stream())
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(" "));
        return "no topic matches what the members of group "
                + name
                + " follow: "
                + follows
                + "\n  helps: millrace topic list";
    }

    private static Map<Trouble, List<Integer>> troubles(final List<GroupPartition> partitions) {
        final Map<Trouble, List<Integer>> troubles = new LinkedHashMap<>();
        for (final GroupPartition it : partitions) {
            if (!it.verdict().isWell()) {
                troubles.computeIfAbsent(
                                new Trouble(it.topic(), it.verdict(), it.evidence(), it.advice()),
                                unseen -> new ArrayList<>())
                        .add(it.partition());
            }
        }
        return troubles;
    }

    private static void append(
            final Trouble trouble, final List<Integer> partitions, final StringBuilder text) {
        text.append(trouble.topic()).append('/').append(ranges(partitions));
        text.append(": ").append(GroupText.verdict(trouble.verdict())).append('\n');
        if (!trouble.evidence().isEmpty()) {
            text.append("  ").append(trouble.evidence()).append('\n');
        }
        if (!trouble.advice().isEmpty()) {
            text.append("  helps: ").append(trouble.advice()).append('\n');
        }
    }

    /** Rising numbers, neighbours together: {@code 0-3,7}. */
    private static String ranges(final List<Integer> numbers) {
        final StringBuilder text = new StringBuilder();
        int first = 0;
        for (int i = 1; i <= numbers.size(); i++) {
            if (i < numbers.size() && numbers.get(i) == numbers.get(i - 1) + 1) {
                continue;
            }
            text.append(first == 0 ? "" : ",").append(numbers.get(first));
            if (i - 1 > first) {
                text.append('-').append(numbers.get(i - 1));
            }
            first = i;
        }
        return text.toString();
    }

    private static String well(final List<GroupPartition> partitions) {
        final Map<Verdict, Integer> well = new EnumMap<>(Verdict.class);
        partitions.stream()
                .map(GroupPartition::verdict)
                .filter(Verdict::isWell)
                .forEach(it -> well.merge(it, 1, Integer::sum));
        if (well.isEmpty()) {
            return "no partition moves";
        }
        return well.entrySet().stream()
                .map(it -> count(it.getValue(), "partition") + " " + GroupText.verdict(it.getKey()))
                .collect(Collectors.joining(", "));
    }
}
