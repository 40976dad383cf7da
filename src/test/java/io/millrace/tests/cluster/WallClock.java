package io.millrace.tests.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * The wall clock of one broker, which can jump. Needs a C compiler; tests are skipped, and say so,
 * without one.
 */
final class WallClock {

    private final Path library;
    private final Path offset;

    private WallClock(Path library, Path offset) {
        this.library = library;
        this.offset = offset;
    }

    /** A clock that is right so far, or skips the test. */
    static WallClock make(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path source = directory.resolve("clock-shim.c");
        try (InputStream stored = WallClock.class.getResourceAsStream("/clock-shim.c")) {
            Files.copy(stored, source);
        }
        WallClock clock =
                new WallClock(directory.resolve("clock-shim.so"), directory.resolve("offset"));
        clock.jumpTo(Duration.ZERO);
        try {
            run(
                    Map.of(),
                    List.of(
                            "gcc",
                            "-shared",
                            "-fPIC",
                            "-O2",
                            "-o",
                            clock.library.toString(),
                            source.toString()));
            clock.jumpTo(Duration.ofHours(3));
            long moved = Long.parseLong(run(clock.environment(), List.of("date", "+%s")));
            long right = Long.parseLong(run(Map.of(), List.of("date", "+%s")));
            clock.jumpTo(Duration.ZERO);
            if (Math.abs(moved - right - Duration.ofHours(3).toSeconds()) > 60) {
                throw new IOException("the clock of a process cannot be moved here");
            }
        } catch (IOException e) {
            System.err.println("SKIPPED: clocks do not jump: " + e.getMessage());
            Assumptions.abort(e.getMessage());
        }
        return clock;
    }

    /** What the process needs in its environment. */
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "CLOCK_OFFSET", offset.toString());
    }

    /** Sets how far it is from the right time, at once, in all processes that have it. */
    void jumpTo(Duration away) throws IOException {
        byte[] bytes =
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putLong(away.toSeconds())
                        .array();
        try (RandomAccessFile file = new RandomAccessFile(offset.toFile(), "rw")) {
            file.write(bytes);
        }
    }

    private static String run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException(command.get(0) + ": " + said);
        }
        return said;
    }
}
