package io.millrace.tests.processes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command that runs to its end in a process of its own, with its output in files, so that no pipe
 * fills up.
 */
public final class ToolRun implements AutoCloseable {

    private final List<String> command;
    private final Process process;
    private final Path out;
    private final Path err;

    private ToolRun(List<String> command, Process process, Path out, Path err) {
        this.command = command;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts a command.
     *
     * @param scratch where the files with its output go
     * @param directory where it runs
     * @param environment what is added to the environment of the tests
     */
    public static ToolRun start(
            Path scratch, Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        Path out = Files.createTempFile(scratch, "stdout", "");
        Path err = Files.createTempFile(scratch, "stderr", "");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().putAll(environment);
        return new ToolRun(command, builder.start(), out, err);
    }

    /** What it reads. */
    public OutputStream stdin() {
        return process.getOutputStream();
    }

    /** Gives it all its input, and waits for its end. */
    public Result finish(byte[] input, Duration timeout) throws IOException, InterruptedException {
        try (OutputStream stdin = stdin()) {
            stdin.write(input);
        } catch (IOException e) {
            // It stopped reading, which is its right: how it ended says why.
            if (!"Broken pipe".equals(e.getMessage())) {
                throw e;
            }
        }
        return finish(timeout);
    }

    /** Waits for its end. It is killed when that takes longer. */
    public Result finish(Duration timeout) throws IOException, InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            close();
            throw new IOException(
                    "%s took longer than %s; its stderr:%n%s"
                            .formatted(command, timeout, Files.readString(err, UTF_8)));
        }
        return new Result(
                process.exitValue(), Files.readAllBytes(out), Files.readString(err, UTF_8));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /**
     * How a command ended.
     *
     * @param exit its exit code
     * @param stdout what it printed, byte for byte
     * @param stderr what it said
     */
    public record Result(int exit, byte[] stdout, String stderr) {

        /** Its standard output as lines of text. */
        public List<String> lines() {
            return new String(stdout, UTF_8).lines().toList();
        }

        @Override
        public String toString() {
            return "exit %d, %d bytes of output, stderr:%n%s"
                    .formatted(exit, stdout.length, stderr);
        }
    }
}
