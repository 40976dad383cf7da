package io.millrace.cli.group;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.client.admin.group.GroupAdmin;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace group pause}. */
@Command(
        name = "pause",
        description = "Let the members of a group hold what they have, and process nothing new.")
final class GroupPauseVerb extends GroupCall {
    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String name;

    GroupPauseVerb(final CommandContext context) {
        super(context);
    }

    @Override
    protected int run(final GroupAdmin groups) {
        groups.pause(name);
        context()
                .output()
                .print(Map.of("group", name, "paused", true), () -> "paused group " + name);
        return ExitCode.DONE;
    }
}
