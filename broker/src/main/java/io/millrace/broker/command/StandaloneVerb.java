package io.millrace.broker.command;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.config.BrokerConfigReader;
import io.millrace.broker.config.ConfigException;
import io.millrace.broker.logging.BrokerLogging;
import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
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

    private static final Logger LOG = LoggerFactory.getLogger(StandaloneVerb.class);
    private static final int MAX_FIRST_PORT = 65_533;
    private static final long STOP_LIMIT_S = 60;

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
        BrokerConfig config = config();
        BrokerLogging.configure(
                Level.valueOf(config.log().level().name()),
                BrokerLogging.Format.valueOf(config.log().format().name()));
        Broker broker = start(config);
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch stop = new CountDownLatch(1);
        Thread hook = new Thread(() -> awaitStop(stop, stopped), "millrace-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        broker.fatal().thenAccept(StandaloneVerb::halt);
        try {
            ready(broker);
            await(stop);
            return ExitCode.DONE;
        } finally {
            // Also when nobody can be told that it serves: the hook would wait for ever else.
            try {
                broker.close();
            } finally {
                stopped.countDown();
            }
        }
    }

    private BrokerConfig config() {
        List<String> settings = new ArrayList<>();
        if (dataDir != null) {
            settings.add("data-dir=" + dataDir);
        }
        if (port != null) {
            settings.addAll(ports(port));
        }
        settings.addAll(overrides);
        try {
            return BrokerConfigReader.read(
                    Optional.ofNullable(configFile), System.getenv(), settings);
        } catch (ConfigException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    private static List<String> ports(int first) {
        if (first < 0 || first > MAX_FIRST_PORT) {
            throw new CommandException(
                    "--port is %d; it must be 0 to %d, since peers and http take the two after it"
                            .formatted(first, MAX_FIRST_PORT));
        }
        int step = first == 0 ? 0 : 1;
        return List.of(
                "listen.client-port=" + first,
                "listen.peer-port=" + (first + step),
                "listen.http-port=" + (first + 2 * step));
    }

    private static Broker start(BrokerConfig config) {
        try {
            return Broker.start(config);
        } catch (FileSystemException e) {
            throw new CommandException(sentence(e), e);
        } catch (IOException | BrokerException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    /** The JDK's own message is often no more than the path. */
    static String sentence(FileSystemException e) {
        String why = e.getReason();
        if (e instanceof AccessDeniedException) {
            why = "no permission";
        } else if (e instanceof NoSuchFileException) {
            why = "it is not there, and cannot be made";
        } else if (why == null) {
            why = e.getClass().getSimpleName();
        }
        return "cannot start: %s: %s; check the path and its owner, or choose another --data-dir"
                .formatted(e.getFile(), why);
    }

    private void ready(Broker broker) throws IOException {
        OutputStream out = context.out();
        out.write(("ready " + broker.clientAddress() + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Runs when the process is told to end: lets the main thread stop the broker, and waits. */
    private static void awaitStop(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            if (!stopped.await(STOP_LIMIT_S, TimeUnit.SECONDS)) {
                LOG.warn("the broker did not stop within {} s, ending all the same", STOP_LIMIT_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch stop) {
        try {
            stop.await();
        } catch (InterruptedException e) {
            // Somebody wants the command to end: so it does, in order.
            Thread.currentThread().interrupt();
        }
    }

    /** A disk that failed once cannot be trusted in this process: no orderly stop, no hooks. */
    private static void halt(String reason) {
        LOG.error("exiting: {}", reason);
        Runtime.getRuntime().halt(ExitCode.FAILED);
    }
}
