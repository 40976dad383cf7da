package io.millrace.cli.topic;

import io.millrace.cli.CommandContext;
import io.millrace.cli.Group;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace topic}. */
@Command(name = "topic", description = "Create, describe and change topics.")
public final class TopicGroup implements Group {
    private TopicGroup() {}

    /** The group with its verbs. */
    public static CommandLine assemble(final CommandContext context) {
        return new CommandLine(new TopicGroup())
                .addSubcommand(new TopicCreateVerb(context))
                .addSubcommand(new TopicListVerb(context))
                .addSubcommand(new TopicDescribeVerb(context))
                .addSubcommand(new TopicSetVerb(context))
                .addSubcommand(new TopicGrowVerb(context))
                .addSubcommand(new TopicTrimVerb(context))
                .addSubcommand(new TopicDeleteVerb(context));
    }
}
