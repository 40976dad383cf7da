package io.millrace.cli.dlq;

import io.millrace.cli.Approval;
import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.client.admin.group.DeadLetterName;
import io.millrace.client.admin.group.GroupAdmin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace dlq drop}. */
@Command(
        name = "drop",
        description = {
            "Settle dead letters for good: they are listed no more, and cannot be redriven.",
            "Their copies stay in the dead-letter topic until its retention removes them.",
        },
        footer = {
            "",
            "Examples:",
            "  millrace dlq drop mails 0:42 --yes",
            "  millrace dlq drop mails --all --plan",
        })
final class DeadLetterDropVerb extends GroupCall {
    @Mixin private DeadLetterChoice choice;

    @Mixin private Approval approval;

    @Spec private CommandSpec spec;

    DeadLetterDropVerb(final CommandContext context) {
        super(context);
    }

    @Override
    protected int run(final GroupAdmin groups) {
        // By name, even if all: those that come while a person thinks about it are spared.
        final List<List<DeadLetterName>> portions =
                DeadLetters.portions(choice.of(new DeadLetters(groups, choice.group()), spec));
        final long plan = drop(groups.plan(), portions);
        if (approval.isPlanOnly()) {
            context().output().print(json(plan), () -> text("would drop", plan));
            return ExitCode.DONE;
        }
        if (!approval.given(context(), () -> text("This drops", plan) + "\n")) {
            return ExitCode.FAILED;
        }
        final long done = drop(groups, portions);
        context().output().print(json(done), () -> text("dropped", done));
        return ExitCode.DONE;
    }

    private long drop(final GroupAdmin groups, final List<List<DeadLetterName>> portions) {
        long dropped = 0;
        for (final List<DeadLetterName> portion : portions) {
            dropped += groups.drop(choice.group(), portion);
        }
        return dropped;
    }

    private String text(final String verb, final long number) {
        return verb + " " + count(number, "dead letter") + " of group " + choice.group();
    }

    private Map<String, Object> json(final long number) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("group", choice.group());
        json.put("dropped", number);
        return json;
    }
}
