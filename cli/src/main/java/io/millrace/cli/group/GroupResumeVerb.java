package io.millrace.cli.group;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.client.admin.group.GroupAdmin;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace group resume}. */
@Command(
        name = "resume",
        description = "Let a paused group go on; in queue mode also after too many dead letters.")
final class GroupResumeVerb extends GroupCall {
    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String name;

    GroupResumeVerb(final CommandContext context) {
        super(context);
    }

    @Override
    protected int run(final GroupAdmin groups) {
        groups.resume(name);
        context()
                .output()
                .print(Map.of("group", name, "paused", false), () -> "resumed group " + name);
        return ExitCode.DONE;
    }
}
