package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Table;
import io.millrace.client.admin.ClusterConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code millrace cluster config}. */
@Command(name = "config", description = "Show the settings of the cluster that are in force.")
final class ClusterConfigVerb implements Callable<Integer> {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final CommandContext context;

    ClusterConfigVerb(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        // To check a change of nothing tells what there is.
        final ClusterConfig config =
                context.withAdmin(
                        REQUEST_TIMEOUT,
                        admin -> admin.plan().setClusterConfig(Map.of(), List.of()));
        context.output().print(config, () -> table(config));
        return ExitCode.DONE;
    }

    static Table table(final ClusterConfig config) {
        final Table table = new Table().words("SETTING").words("VALUE").words("FROM");
        new TreeMap<>(config.effectiveConfig())
                .forEach(
                        (name, value) ->
                                table.row(
                                        name,
                                        value,
                                        config.config().containsKey(name) ? "cluster" : "default"));
        return table;
    }
}
