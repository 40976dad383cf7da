package io.millrace.cli;

import io.millrace.client.admin.group.GroupAdmin;
import java.time.Duration;
import java.util.concurrent.Callable;

/** What the verbs about groups share. */
public abstract class GroupCall implements Callable<Integer> {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final CommandContext context;

    protected GroupCall(final CommandContext context) {
        this.context = context;
    }

    @Override
    public final Integer call() {
        return context.withAdmin(REQUEST_TIMEOUT, admin -> run(admin.groups()));
    }

    /** Does the work; gives the exit code. */
    protected abstract int run(GroupAdmin groups);

    protected final CommandContext context() {
        return context;
    }

    /** {@code 1 partition}, {@code 2 partitions}. */
    protected static String count(final long number, final String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
