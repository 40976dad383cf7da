package io.millrace.tests.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * A disk that takes its time: each force of a process is held back by strace. Tests are skipped,
 * and say so, where there is none, or where it may not attach.
 */
final class SlowForces implements AutoCloseable {

    private final Process strace;

    private SlowForces(Process strace) {
        this.strace = strace;
    }

    /** Slows the forces of a process from now on, or skips the test. */
    static SlowForces of(long pid, Duration delay, Path said) throws InterruptedException {
        String micros = Long.toString(delay.toNanos() / 1_000);
        List<String> command =
                List.of(
                        "strace",
                        "-f",
                        "-e",
                        "trace=fsync,fdatasync",
                        "-e",
                        "inject=fsync,fdatasync:delay_enter=" + micros,
                        "-o",
                        "/dev/null",
                        "-p",
                        Long.toString(pid));
        try {
            Process strace =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start();
            Awaitility.await("strace attaches")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Files.readString(said).contains("attached") || !strace.isAlive());
            if (!strace.isAlive()) {
                throw new IOException(Files.readString(said).strip());
            }
            return new SlowForces(strace);
        } catch (IOException e) {
            String why = "forces cannot be slowed down: " + e.getMessage();
            System.err.println("SKIPPED: " + why);
            Assumptions.abort(why);
            throw new IllegalStateException(e);
        }
    }

    /** Lets the disk be fast again. */
    @Override
    public void close() {
        strace.destroy();
        try {
            if (!strace.waitFor(30, TimeUnit.SECONDS)) {
                strace.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            strace.destroyForcibly();
        }
    }
}
