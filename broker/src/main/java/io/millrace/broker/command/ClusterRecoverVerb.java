package io.millrace.broker.command;

import io.millrace.broker.BrokerException;
import io.millrace.broker.BrokerRecovery;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.config.BrokerConfigReader;
import io.millrace.broker.config.ConfigException;
import io.millrace.broker.logging.BrokerLogging;
import io.millrace.broker.recovery.RecoveryPlan;
import io.millrace.broker.recovery.RecoveryRefusedException;
import io.millrace.cli.Approval;
import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace cluster recover}. */
@Command(
        name = "recover",
        description = {
            "The last resort: let a broker go on when the majority of its shards is gone for good.",
            "",
            "Works on the data directory of a broker that is stopped; no broker is asked. Shows which"
                    + " replicas are left out and what may be lost, then asks. Read"
                    + " docs/operating/membership.md first."
        },
        footer = {
            "",
            "Examples:",
            "  millrace cluster recover --unsafe --data-dir /var/lib/millrace --lost 2,3 --plan",
            "  millrace cluster recover --unsafe --data-dir /var/lib/millrace --lost 2,3 --yes"
        })
final class ClusterRecoverVerb implements Callable<Integer> {

    private final CommandContext context;

    @Mixin private Approval approval;

    @Option(
            names = "--unsafe",
            description = "Says that acknowledged records may be lost. Required.")
    private boolean unsafe;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "The data directory of the broker, which must be stopped.")
    private Path dataDir;

    @Option(
            names = "--lost",
            paramLabel = "NODE",
            split = ",",
            splitSynopsisLabel = ",",
            description = "The node ids of the brokers that are gone for good.")
    private List<Integer> lost = new ArrayList<>();

    @Option(
            names = "--shard",
            paramLabel = "SHARD",
            description =
                    "A shard that is to go on here although other brokers are left with a replica"
                            + " of it. Can be repeated.")
    private List<Integer> chosen = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The broker's configuration file, if it sets data-dir or wal.*.")
    private Path configFile;

    @Option(
            names = "-c",
            paramLabel = "KEY=VALUE",
            description = "A setting that wins over file and environment. Can be repeated.")
    private List<String> overrides = new ArrayList<>();

    ClusterRecoverVerb(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (!unsafe) {
            throw new CommandException(
                    "nothing was done: records that were acknowledged may be lost by this. As long"
                            + " as a majority can come back, start it instead; if it is gone for"
                            + " good, add --unsafe");
        }
        BrokerLogging.configure(Level.WARN, BrokerLogging.Format.TEXT);
        try (BrokerRecovery recovery = BrokerRecovery.open(config())) {
            return run(recovery);
        } catch (BrokerException | RecoveryRefusedException | IOException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    private int run(BrokerRecovery recovery) throws IOException {
        RecoveryPlan plan = recovery.plan(Set.copyOf(lost), Set.copyOf(chosen));
        if (approval.isPlanOnly() || plan.here().isEmpty()) {
            context.output().print(plan, () -> recovery.text(plan));
            return ExitCode.DONE;
        }
        if (!approval.given(context, () -> recovery.text(plan))) {
            return ExitCode.FAILED;
        }
        recovery.carryOut(plan, context.clock());
        context.output()
                .print(
                        plan,
                        () ->
                                "done: start broker %d; the brokers that were left out may come back"
                                                .formatted(plan.node())
                                        + " with empty data directories");
        return ExitCode.DONE;
    }

    private BrokerConfig config() {
        if (dataDir == null && configFile == null) {
            throw new CommandException(
                    "which data directory was not said; name it with --data-dir, or the broker's"
                            + " configuration file with --config");
        }
        List<String> settings = new ArrayList<>();
        if (dataDir != null) {
            settings.add("data-dir=" + dataDir);
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
