package io.millrace.broker.command;

import io.millrace.broker.config.BrokerConfigReader;
import io.millrace.broker.config.ConfigException;
import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace broker}. */
@Command(
        name = "broker",
        description = {
            "Run a broker of a cluster, in the foreground.",
            "",
            "All brokers may have the same configuration file; what differs (node-id, data-dir,"
                    + " listen.*) is set with -c or in the environment (MILLRACE_NODE_ID and so on)."
                    + " The first start of all seeds named in cluster.seeds forms the cluster;"
                    + " whoever comes later joins it. Prints \"ready HOST:PORT\" on stdout when it"
                    + " serves, and logs to stderr. SIGTERM and Ctrl-C hand its leaderships over"
                    + " and stop it in order.",
            "",
            "Examples:",
            "  millrace broker --config cluster.yaml -c node-id=1",
            "  millrace broker --config cluster.yaml --port 7410 -c node-id=2 -c data-dir=./two"
        })
final class BrokerVerb implements Callable<Integer> {

    private final CommandContext context;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The configuration file in YAML; see docs/reference/config.md.")
    private Path configFile;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description =
                    "The port for clients; peers and http take the two after it. 0: free ones.")
    private Integer port;

    @Option(
            names = "-c",
            paramLabel = "KEY=VALUE",
            description = "A setting that wins over file and environment. Can be repeated.")
    private List<String> overrides = new ArrayList<>();

    BrokerVerb(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        List<String> settings = new ArrayList<>();
        if (port != null) {
            settings.addAll(FirstPort.settings(port));
        }
        settings.addAll(overrides);
        try {
            return new ForegroundBroker(context)
                    .run(
                            BrokerConfigReader.read(
                                    Optional.of(configFile), System.getenv(), settings));
        } catch (ConfigException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }
}
