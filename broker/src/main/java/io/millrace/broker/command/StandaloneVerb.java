package io.millrace.broker.command;

import io.millrace.broker.config.BrokerConfig;
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

/** {@code millrace standalone}. */
@Command(
        name = "standalone",
        description = {
            "Run a broker that is a cluster of its own, in the foreground.",
            "",
            "Creates and locks the data directory, prints \"ready HOST:PORT\" on stdout when it"
                    + " serves, and logs to stderr. SIGTERM and Ctrl-C stop it in order; after kill"
                    + " -9 or a power cut, start it again: nothing acknowledged is lost.",
            "",
            "Examples:",
            "  millrace standalone",
            "  millrace standalone --data-dir /var/lib/millrace --port 7400 -c log.format=json"
        })
final class StandaloneVerb implements Callable<Integer> {

    private final CommandContext context;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where everything is kept; default: ./millrace-data.")
    private Path dataDir;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description =
                    "The port for clients; peers and http take the two after it. 0: free ones."
                            + " Default: 7400.")
    private Integer port;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A configuration file in YAML; see docs/reference/config.md.")
    private Path configFile;

    @Option(
            names = "-c",
            paramLabel = "KEY=VALUE",
            description = "A setting that wins over file and environment. Can be repeated.")
    private List<String> overrides = new ArrayList<>();

    StandaloneVerb(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        return new ForegroundBroker(context).run(config());
    }

    private BrokerConfig config() {
        List<String> settings = new ArrayList<>();
        if (dataDir != null) {
            settings.add("data-dir=" + dataDir);
        }
        if (port != null) {
            settings.addAll(FirstPort.settings(port));
        }
        settings.addAll(overrides);
        try {
            return BrokerConfigReader.read(
                    Optional.ofNullable(configFile), System.getenv(), settings);
        } catch (ConfigException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }
}
