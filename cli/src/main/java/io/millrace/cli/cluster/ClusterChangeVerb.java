package io.millrace.cli.cluster;

import io.millrace.cli.Approval;
import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.DurationConverter;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Progress;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterPlan;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the verbs that change who holds and leads what share: plan, approval, and the wait. */
abstract class ClusterChangeVerb implements Callable<Integer> {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Between two steps there may be a moment in which nothing seems to be left. */
    private static final int SEEN_DONE = 2;

    private final CommandContext context;

    @Mixin private Approval approval;

    @Option(names = "--force", description = "Do it although it endangers the quorum of a shard.")
    private boolean force;

    @Option(
            names = "--no-wait",
            description = "Return when it is decided; 'cluster status' shows how far it is.")
    private boolean noWait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "1h",
            converter = DurationConverter.class,
            description =
                    "How long to wait until it is carried out; it goes on after that. Default:"
                            + " ${DEFAULT-VALUE}.")
    private Duration timeout;

    ClusterChangeVerb(final CommandContext context) {
        this.context = context;
    }

    @Override
    public final Integer call() {
        return context.withAdmin(REQUEST_TIMEOUT, this::run);
    }

    /** What is asked for. */
    abstract ClusterChange change();

    /** The same in a few words, such as "remove node 4". */
    abstract String words();

    /** Whether the cluster is as it was asked for. */
    abstract boolean isDone(ClusterStatus status);

    private int run(final Admin admin) {
        final ClusterPlan plan = admin.plan().changeCluster(change(), force);
        if (approval.isPlanOnly()) {
            context.output().print(plan, () -> text(plan));
            return ExitCode.DONE;
        }
        if (!approval.given(context, () -> text(plan))) {
            return ExitCode.FAILED;
        }
        final ClusterPlan decided = admin.changeCluster(change(), force);
        if (!noWait && !decided.steps().isEmpty()) {
            await(admin);
        }
        context.output().print(decided, () -> (noWait ? "decided: " : "done: ") + words());
        return ExitCode.DONE;
    }

    private void await(final Admin admin) {
        final long deadline = context.nanoTime().getAsLong() + timeout.toNanos();
        int seenDone = 0;
        try (Progress progress = context.progress()) {
            while (true) {
                String state;
                try {
                    final ClusterStatus status = admin.clusterStatus();
                    seenDone = status.controllerLeader() != 0 && isDone(status) ? seenDone + 1 : 0;
                    state = progress(status);
                } catch (final MillraceException e) {
                    seenDone = 0;
                    state = "no answer: " + e.getMessage();
                }
                if (seenDone >= SEEN_DONE) {
                    return;
                }
                final String shown = state;
                progress.show(() -> words() + ": " + shown);
                if (!context.pause(LOOK_NANOS, deadline)) {
                    throw new CommandException(
                            "to "
                                    + words()
                                    + " is decided and goes on, but was not carried out within "
                                    + timeout.toSeconds()
                                    + " s ("
                                    + state
                                    + "); 'millrace cluster status' shows how far it is");
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(
                    "interrupted; to " + words() + " is decided and goes on without this command");
        }
    }

    private static String progress(final ClusterStatus status) {
        final int left = status.changes().size();
        return left == 0
                ? "being prepared"
                : status.changes().get(0) + (left > 1 ? ", and " + (left - 1) + " more" : "");
    }

    private String text(final ClusterPlan plan) {
        final StringBuilder text = new StringBuilder();
        text.append("To ").append(words()).append(":\n");
        if (plan.steps().isEmpty()) {
            text.append("  nothing is to be done\n");
        }
        for (final ClusterPlan.Step step : plan.steps()) {
            text.append("  ")
                    .append(step.shard() == null ? "" : "shard " + step.shard() + ": ")
                    .append(step.description())
                    .append(step.bytes() == 0 ? "" : " (about " + mib(step.bytes()) + " MiB)")
                    .append('\n');
        }
        plan.warnings().forEach(it -> text.append("warning: ").append(it).append('\n'));
        return text.toString();
    }

    private static long mib(final long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
