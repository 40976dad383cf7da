package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.client.admin.ClusterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace cluster set}. */
@Command(
        name = "set",
        description = "Change settings of the cluster; the others keep their value.",
        footer = {"", "Example:", "  millrace cluster set -c NAME=VALUE --reset OTHER"})
final class ClusterSetVerb implements Callable<Integer> {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final CommandContext context;

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

    @Option(names = "--plan", description = "Only check and show what would be in force.")
    private boolean planOnly;

    @Spec private CommandSpec spec;

    ClusterSetVerb(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (config.isEmpty() && reset.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "nothing to change; name a setting with --config KEY=VALUE or --reset KEY");
        }
        final ClusterConfig now =
                context.withAdmin(
                        REQUEST_TIMEOUT,
                        admin -> (planOnly ? admin.plan() : admin).setClusterConfig(config, reset));
        context.output().print(now, () -> ClusterConfigVerb.table(now));
        return ExitCode.DONE;
    }
}
