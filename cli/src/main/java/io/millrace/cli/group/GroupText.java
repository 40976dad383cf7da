package io.millrace.cli.group;

import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.admin.group.GroupInfo;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.admin.group.LeftOutTopics;
import io.millrace.client.admin.group.MemberInfo;
import io.millrace.client.admin.group.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Puts what is known of a group into words for people. */
final class GroupText {
    private static final int SHORT_ID = 8;

    private GroupText() {}

    static String mode(final GroupInfo group) {
        return group.mode().name().toLowerCase(Locale.ROOT);
    }

    static String coordinator(final GroupInfo group) {
        return group.coordinatorNode() == 0 ? "none" : "node " + group.coordinatorNode();
    }

    static String verdict(final Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Which topics a group does not follow, and why. */
    static String leftOut(final LeftOutTopics leftOut) {
        final long unnamed = leftOut.count() - leftOut.topics().size();
        return String.join(" ", leftOut.topics())
                + (unnamed > 0 ? " and %,d more".formatted(unnamed) : "")
                + ": a group follows at most %,d partitions".formatted(leftOut.maxPartitions());
    }

    /** Milliseconds as seconds with one decimal. */
    static String seconds(final long milliseconds) {
        return String.format(Locale.ROOT, "%.1f", milliseconds / 1000.0);
    }

    /** A number; a dash if it is not known. */
    static String known(final Long number) {
        return number == null ? "-" : number.toString();
    }

    /** All records that are not done; null if that is not known of a partition. */
    static Long lagRecords(final List<GroupPartition> partitions) {
        return partitions.stream().map(GroupPartition::lagRecords).anyMatch(Objects::isNull)
                ? null
                : Long.valueOf(partitions.stream().mapToLong(GroupPartition::lagRecords).sum());
    }

    /** The oldest record that is not done; null if that is not known of a partition. */
    static Long lagMs(final List<GroupPartition> partitions) {
        return partitions.stream().map(GroupPartition::lagMs).anyMatch(Objects::isNull)
                ? null
                : Long.valueOf(
                        partitions.stream().mapToLong(GroupPartition::lagMs).max().orElse(0));
    }

    /**
     * A short name for each member, by its id: its instance id if it has one, else as much of its
     * id as tells it from the others.
     */
    static Map<String, String> names(final GroupDescription group) {
        final List<String> ids = group.members().stream().map(MemberInfo::memberId).toList();
        int length = SHORT_ID;
        while (length < longest(ids) && prefixes(ids, length) < ids.size()) {
            length++;
        }
        final int enough = length;
        return group.members().stream()
                .collect(Collectors.toMap(MemberInfo::memberId, name(enough)));
    }

    private static Function<MemberInfo, String> name(final int length) {
        return it -> it.instanceId().isEmpty() ? start(it.memberId(), length) : it.instanceId();
    }

    private static int longest(final List<String> ids) {
        return ids.stream().mapToInt(String::length).max().orElse(0);
    }

    private static long prefixes(final List<String> ids, final int length) {
        return ids.stream().map(it -> start(it, length)).distinct().count();
    }

    private static String start(final String id, final int length) {
        return id.substring(0, Math.min(length, id.length()));
    }
}
