package io.millrace.cli.topic;

import io.millrace.cli.Approval;
import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.DeletedTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace topic delete}. */
@Command(
        name = "delete",
        description = "Delete a topic and all its records. They cannot be brought back.",
        footer = {"", "Example:", "  millrace topic delete orders --plan"})
final class TopicDeleteVerb extends TopicVerb {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name;

    @Mixin private Approval approval;

    TopicDeleteVerb(final CommandContext context) {
        super(context);
    }

    @Override
    int run(final Admin admin) {
        final DeletedTopic plan = admin.plan().deleteTopic(name);
        if (approval.isPlanOnly()) {
            context().output().print(plan, () -> text("would delete", plan));
            return ExitCode.DONE;
        }
        if (!approval.given(context(), () -> text("This deletes", plan) + "\n")) {
            return ExitCode.FAILED;
        }
        // By id: a topic created anew while a person thought about it is spared.
        final DeletedTopic gone = admin.deleteTopic(name, plan.topic().topicId());
        context().output().print(gone, () -> text("deleted", gone));
        return ExitCode.DONE;
    }

    private static String text(final String verb, final DeletedTopic it) {
        return sentence(verb, it.topic()) + ", " + count(it.recordCount(), "record");
    }
}
