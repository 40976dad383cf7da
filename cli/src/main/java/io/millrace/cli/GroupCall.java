package io.millrace.cli;

import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupInfo;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A verb about one group. If there is none of that name, it says which one may be meant. */
public abstract class GroupCall implements Callable<Integer> {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final CommandContext context;

    protected GroupCall(final CommandContext context) {
        this.context = context;
    }

    @Override
    public final Integer call() {
        return context.withAdmin(REQUEST_TIMEOUT, admin -> runOrSuggest(admin.groups()));
    }

    /** The group that is asked for; null: none. */
    protected abstract String group();

    /** Does the work; gives the exit code. */
    protected abstract int run(GroupAdmin groups);

    protected final CommandContext context() {
        return context;
    }

    /** {@code 1 partition}, {@code 2 partitions}. */
    protected static String count(final long number, final String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private int runOrSuggest(final GroupAdmin groups) {
        try {
            return run(groups);
        } catch (final MillraceException e) {
            final Optional<String> meant =
                    e.code() == ErrorCode.UNKNOWN_GROUP && group() != null
                            ? nearest(groups)
                            : Optional.empty();
            throw meant.<RuntimeException>map(it -> suggestion(e, it)).orElse(e);
        }
    }

    private Optional<String> nearest(final GroupAdmin groups) {
        try {
            return NearestName.of(group(), groups.list().stream().map(GroupInfo::name).toList())
                    // Another group than the verb's own was not found.
                    .filter(it -> !it.equals(group()));
        } catch (final MillraceException e) {
            return Optional.empty();
        }
    }

    private static CommandException suggestion(final MillraceException e, final String name) {
        return new CommandException(e.getMessage() + "; did you mean " + name + "?", e);
    }
}
