package io.millrace.cli.group;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.cli.Table;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.admin.group.MemberInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace group members}. */
@Command(
        name = "members",
        description = {
            "Show the members of a group.",
            "SILENT is since the last sign of life; a member that is silent for its LEASE is expired,"
                    + " and its partitions are given to others. In queue mode, where records and not"
                    + " partitions are given out, every member receives from all that it FOLLOWS, and"
                    + " PARTITIONS is -.",
        })
final class GroupMembersVerb extends GroupCall {
    private static final int WIDTH = 100;

    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String name;

    GroupMembersVerb(final CommandContext context) {
        super(context);
    }

    /**
     * A member and what it holds.
     *
     * @param partitions TOPIC/PARTITION each; null in queue mode, where no partition is given to
     *     one alone
     */
    record Holder(MemberInfo member, List<String> partitions) {}

    @Override
    protected int run(final GroupAdmin groups) {
        final GroupDescription group = groups.describe(name);
        final List<Holder> holders = holders(group);
        context().output().print(holders, () -> table(holders, GroupText.names(group)));
        return ExitCode.DONE;
    }

    private static List<Holder> holders(final GroupDescription group) {
        final boolean queue = group.group().mode() == GroupMode.QUEUE;
        final Map<String, List<String>> held =
                group.partitions().stream()
                        .collect(
                                Collectors.groupingBy(
                                        GroupPartition::memberId,
                                        Collectors.mapping(
                                                it -> it.topic() + "/" + it.partition(),
                                                Collectors.toList())));
        final List<Holder> holders = new ArrayList<>();
        for (final MemberInfo it : group.members()) {
            holders.add(new Holder(it, queue ? null : held.getOrDefault(it.memberId(), List.of())));
        }
        return holders;
    }

    private static Table table(final List<Holder> holders, final Map<String, String> names) {
        final Table table =
                new Table()
                        .fit(WIDTH)
                        .words("MEMBER")
                        .numbers("PARTITIONS")
                        .numbers("SILENT S")
                        .numbers("LEASE S")
                        .words("ADDRESS")
                        .words("CLIENT")
                        .words("FOLLOWS");
        for (final Holder it : holders) {
            final MemberInfo member = it.member();
            table.row(
                    names.get(member.memberId()),
                    it.partitions() == null ? "-" : it.partitions().size(),
                    GroupText.seconds(member.silentMs()),
                    GroupText.seconds(member.leaseMs()),
                    member.clientAddress(),
                    member.clientName().isEmpty() ? "-" : member.clientName(),
                    String.join(" ", member.topics()));
        }
        return table;
    }
}
