package io.millrace.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that this machine may have or not. */
final class Tool {
    private final Path program;

    private Tool(final Path program) {
        this.program = program;
    }

    /**
     * What a run came to.
     *
     * @param code the exit code
     * @param text stdout and stderr
     */
    record Outcome(int code, String text) {}

    /** The program of this name; the test is skipped if there is none. */
    static Tool named(final String name) {
        final Optional<Path> found =
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .map(it -> Path.of(it, name))
                        .filter(Files::isExecutable)
                        .findFirst();
        final String loss =
                "SKIPPED: this machine has no " + name + "; install it to run this test";
        if (found.isEmpty()) {
            System.err.println(loss);
        }
        assumeTrue(found.isPresent(), loss);
        return new Tool(found.get());
    }

    /** A program that must be there. */
    static Tool at(final Path program) {
        return new Tool(program);
    }

    Outcome run(final String... arguments) throws IOException, InterruptedException {
        final String[] command = new String[arguments.length + 1];
        command[0] = program.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        final String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(text).isTrue();
        return new Outcome(process.exitValue(), text);
    }
}
