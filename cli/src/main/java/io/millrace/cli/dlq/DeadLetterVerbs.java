package io.millrace.cli.dlq;

import io.millrace.cli.CommandContext;
import io.millrace.cli.Group;
import io.millrace.client.admin.group.DeadLetterName;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace dlq}. */
@Command(
        name = "dlq",
        description = "Look at the records that groups in queue mode gave up, and settle them.")
public final class DeadLetterVerbs implements Group {
    private DeadLetterVerbs() {}

    /** The group with its verbs. */
    public static CommandLine assemble(final CommandContext context) {
        return new CommandLine(new DeadLetterVerbs())
                .addSubcommand(new DeadLetterListVerb(context))
                .addSubcommand(new DeadLetterPeekVerb(context))
                .addSubcommand(new DeadLetterRedriveVerb(context))
                .addSubcommand(new DeadLetterDropVerb(context))
                .registerConverter(DeadLetterName.class, new DeadLetterNameConverter());
    }
}
