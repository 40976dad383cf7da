package io.millrace.cli.group;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.admin.group.GroupSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace group set}. */
@Command(
        name = "set",
        description = {
            "Change settings of a group; the others keep their value.",
            "Creates the group if there is none of that name; joining it does so, too.",
        },
        footer = {
            "",
            "Examples:",
            "  millrace group set billing -c assignor=range --reset lease.ms",
            "  millrace group set mails --mode queue -c max.deliveries=5",
        })
final class GroupSetVerb extends GroupCall {
    @Parameters(paramLabel = "GROUP", description = "Its name: A-Z a-z 0-9 . _ -, at most 249.")
    private String name;

    @Option(
            names = "--mode",
            paramLabel = "stream|queue",
            description =
                    "Its mode, if it is created: a partition, or a record, belongs to one member at a"
                            + " time. Default: stream.")
    private GroupMode mode;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "KEY=VALUE",
            description = "A setting to change; may be repeated.")
    private Map<String, String> config = new LinkedHashMap<>();

    @Option(
            names = "--reset",
            paramLabel = "KEY",
            description = "A setting to put back to its default; may be repeated.")
    private List<String> reset = new ArrayList<>();

    @Option(names = "--plan", description = "Only check and show what would be done.")
    private boolean planOnly;

    @Spec private CommandSpec spec;

    GroupSetVerb(final CommandContext context) {
        super(context);
    }

    @Override
    protected int run(final GroupAdmin groups) {
        if (config.isEmpty() && reset.isEmpty() && mode == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "nothing to change; name a setting with --config KEY=VALUE or --reset KEY, or"
                            + " the mode of a new group with --mode");
        }
        final GroupSettings after =
                (planOnly ? groups.plan() : groups).set(name, mode, config, reset);
        context().output().print(after, () -> text(after));
        return ExitCode.DONE;
    }

    private String text(final GroupSettings after) {
        final StringBuilder text = new StringBuilder(planOnly ? "would change" : "changed");
        text.append(" group ").append(after.group().name());
        text.append(": ").append(GroupText.mode(after.group()));
        final TreeSet<String> named = new TreeSet<>(config.keySet());
        named.addAll(reset);
        for (final String key : named) {
            text.append(' ').append(key).append('=').append(after.config().get(key));
        }
        return text.toString();
    }
}
