package io.millrace.tests.processes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The command {@code millrace} against one broker, each verb in a process of its own.
 *
 * @param scratch where the verbs' output is kept
 * @param server what the verbs are told by MILLRACE_SERVER
 */
public record Cli(Path scratch, String server) {

    /** No verb of the tests has a reason to take longer, not even on a busy machine. */
    public static final Duration TIMEOUT = Duration.ofSeconds(90);

    /** The command against a broker. */
    public static Cli of(Path scratch, StandaloneBroker broker) {
        return new Cli(scratch, broker.address());
    }

    /** Starts a verb. */
    public ToolRun start(String... arguments) throws IOException {
        return start(JavaCommand.millrace(arguments));
    }

    /** Starts a command that is told the same server. */
    public ToolRun start(List<String> command) throws IOException {
        return ToolRun.start(scratch, scratch, Map.of("MILLRACE_SERVER", server), command);
    }

    /** Runs a verb to its end, without input. */
    public ToolRun.Result run(String... arguments) throws IOException, InterruptedException {
        return feed(new byte[0], arguments);
    }

    /** Runs a verb to its end. */
    public ToolRun.Result feed(byte[] input, String... arguments)
            throws IOException, InterruptedException {
        try (ToolRun run = start(arguments)) {
            return run.finish(input, TIMEOUT);
        }
    }

    /** Runs a verb that must end well. */
    public ToolRun.Result succeed(String... arguments) throws IOException, InterruptedException {
        ToolRun.Result result = run(arguments);
        assertThat(result.exit()).as("%s: %s", List.of(arguments), result).isZero();
        return result;
    }

    /**
     * Runs a verb that must be refused, with a message for people.
     *
     * @return what it said
     */
    public String refuse(String... arguments) throws IOException, InterruptedException {
        ToolRun.Result result = run(arguments);
        assertThat(result.exit()).as("%s: %s", List.of(arguments), result).isEqualTo(1);
        assertThat(new String(result.stdout(), UTF_8)).isEmpty();
        return Messages.forPeople(result.stderr());
    }
}
