package io.millrace.cli.dlq;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.client.admin.group.DeadLetterName;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.RedriveResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace dlq redrive}. */
@Command(
        name = "redrive",
        description = {
            "Deliver dead letters again to their group, with a fresh count.",
            "Exit code 1 if one of them cannot be, because its record is gone; the others are.",
        },
        footer = {
            "",
            "Examples:",
            "  millrace dlq redrive mails 0:42 0:43",
            "  millrace dlq redrive mails --all --plan",
        })
final class DeadLetterRedriveVerb extends GroupCall {
    @Mixin private DeadLetterChoice choice;

    @Option(names = "--plan", description = "Only check and show what would be done.")
    private boolean planOnly;

    @Spec private CommandSpec spec;

    DeadLetterRedriveVerb(final CommandContext context) {
        super(context);
    }

    @Override
    protected int run(final GroupAdmin groups) {
        final List<DeadLetterName> names = choice.of(new DeadLetters(groups, choice.group()), spec);
        final GroupAdmin asked = planOnly ? groups.plan() : groups;
        final List<RedriveResult.Refusal> refused = new ArrayList<>();
        long done = 0;
        for (final List<DeadLetterName> portion : DeadLetters.portions(names)) {
            final RedriveResult result = asked.redrive(choice.group(), portion);
            done += result.count();
            refused.addAll(result.refused());
        }
        final long redriven = done;
        context().output().print(json(redriven, refused), () -> text(redriven));
        refused.forEach(
                it -> context().err().println(it.name() + " refused: " + it.reason().getMessage()));
        return refused.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private String text(final long redriven) {
        return (planOnly ? "would redrive " : "redriven ")
                + count(redriven, "dead letter")
                + " of group "
                + choice.group();
    }

    private Map<String, Object> json(
            final long redriven, final List<RedriveResult.Refusal> refused) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("group", choice.group());
        json.put("redriven", redriven);
        json.put("refused", refused.stream().map(DeadLetterRedriveVerb::json).toList());
        return json;
    }

    private static Map<String, Object> json(final RedriveResult.Refusal refusal) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", refusal.name().toString());
        json.put("code", refusal.reason().code());
        json.put("message", refusal.reason().getMessage());
        return json;
    }
}
