package io.millrace.cli.cluster;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.ClusterStatus;
import java.time.Duration;
import java.util.concurrent.Callable;

/** What the verbs that show the cluster share: one question, one exit code. */
abstract class ClusterVerb implements Callable<Integer> {
    // The verb answers within 10 s; what is left is for Java to start and connections to end.
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(8);

    private final CommandContext context;

    ClusterVerb(final CommandContext context) {
        this.context = context;
    }

    @Override
    public final Integer call() {
        final ClusterStatus status = context.withAdmin(REQUEST_TIMEOUT, Admin::clusterStatus);
        context.output().print(data(status), () -> text(status));
        for (final String problem : status.problems()) {
            context.err().println("problem: " + problem);
        }
        return isWell(status) ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** What JSON is made of. */
    abstract Object data(ClusterStatus status);

    /** The same for people. */
    abstract Object text(ClusterStatus status);

    /** Whether every shard has a leader and takes writes. */
    static boolean isWell(final ClusterStatus status) {
        return status.healthy()
                && !status.shards().isEmpty()
                && status.shards().stream().allMatch(it -> it.leaderNode() != 0);
    }
}
