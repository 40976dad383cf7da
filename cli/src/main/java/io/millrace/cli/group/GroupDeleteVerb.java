package io.millrace.cli.group;

import io.millrace.cli.Approval;
import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.admin.group.GroupInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace group delete}. */
@Command(
        name = "delete",
        description =
                "Delete a group without members, and its progress. It cannot be brought back.",
        footer = {"", "Example:", "  millrace group delete billing --plan"})
final class GroupDeleteVerb extends GroupCall {
    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String name;

    @Mixin private Approval approval;

    GroupDeleteVerb(final CommandContext context) {
        super(context);
    }

    /**
     * What is lost with a group.
     *
     * @param partitions in how many it has progress
     */
    record DeletedGroup(GroupInfo group, long partitions) {
        private String text(final String verb) {
            return verb
                    + " group "
                    + group.name()
                    + ": "
                    + GroupText.mode(group)
                    + ", progress in "
                    + count(partitions, "partition");
        }
    }

    @Override
    protected int run(final GroupAdmin groups) {
        final GroupDescription found = groups.describe(name);
        groups.plan().delete(name);
        final DeletedGroup plan =
                new DeletedGroup(
                        found.group(),
                        found.partitions().stream()
                                .filter(it -> it.committedOffset() != null)
                                .count());
        if (approval.isPlanOnly()) {
            context().output().print(plan, () -> plan.text("would delete"));
            return ExitCode.DONE;
        }
        if (!approval.given(context(), () -> plan.text("This deletes") + "\n")) {
            return ExitCode.FAILED;
        }
        groups.delete(name);
        context().output().print(plan, () -> plan.text("deleted"));
        return ExitCode.DONE;
    }
}
