package io.millrace.cli.group;

import io.millrace.cli.CommandContext;
import io.millrace.cli.Group;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace group}. */
@Command(name = "group", description = "Describe consumer groups, explain and move them.")
public final class GroupVerbs implements Group {
    private GroupVerbs() {}

    /** The group with its verbs. */
    public static CommandLine assemble(final CommandContext context) {
        return new CommandLine(new GroupVerbs())
                .addSubcommand(new GroupListVerb(context))
                .addSubcommand(new GroupDescribeVerb(context))
                .addSubcommand(new GroupMembersVerb(context))
                .addSubcommand(new GroupExplainVerb(context))
                .addSubcommand(new GroupSeekVerb(context))
                .addSubcommand(new GroupPauseVerb(context))
                .addSubcommand(new GroupResumeVerb(context))
                .addSubcommand(new GroupSetVerb(context))
                .addSubcommand(new GroupDeleteVerb(context))
                .registerConverter(SeekGoal.class, new SeekGoal.Converter(context.clock()));
    }
}
