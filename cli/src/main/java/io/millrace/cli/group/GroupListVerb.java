package io.millrace.cli.group;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.cli.Table;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupInfo;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code millrace group list}. */
@Command(name = "list", description = "List all groups.")
final class GroupListVerb extends GroupCall {
    GroupListVerb(final CommandContext context) {
        super(context);
    }

    @Override
    protected int run(final GroupAdmin groups) {
        final List<GroupInfo> all = groups.list();
        context().output().print(all, () -> table(all));
        return ExitCode.DONE;
    }

    private static Table table(final List<GroupInfo> groups) {
        final Table table =
                new Table().words("GROUP").words("MODE").numbers("SHARD").words("COORDINATOR");
        for (final GroupInfo it : groups) {
            table.row(it.name(), GroupText.mode(it), it.shard(), GroupText.coordinator(it));
        }
        return table;
    }
}
