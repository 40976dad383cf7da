package io.millrace.tests.costs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * The system calls of a process, counted by strace. Tests are skipped, and say so, where there is
 * none, or where it may not attach.
 */
final class SystemCalls {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process strace;
    private final Path table;

    private SystemCalls(Process strace, Path table) {
        this.strace = strace;
        this.table = table;
    }

    /**
     * Counts from now on, or skips the test.
     *
     * @param directory for what strace says
     */
    static SystemCalls of(long pid, Path directory) throws IOException {
        return of(List.of("-f", "-p", Long.toString(pid)), directory);
    }

    /**
     * The same of those threads only that live now and whose names begin with one of these. Without
     * the threads that wake up by the clock, which do it the more often the slower the machine is.
     *
     * @param names at most 15 characters each, for the system keeps no more
     */
    static SystemCalls ofThreads(long pid, Set<String> names, Path directory) throws IOException {
        List<String> targets = new ArrayList<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads.toList()) {
                String name = Files.readString(thread.resolve("comm")).strip();
                if (names.stream().anyMatch(name::startsWith)) {
                    targets.addAll(List.of("-p", thread.getFileName().toString()));
                }
            }
        }
        if (targets.isEmpty()) {
            throw new IOException("process " + pid + " has no thread like " + names);
        }
        return of(targets, directory);
    }

    private static SystemCalls of(List<String> targets, Path directory) throws IOException {
        Path said = Files.createTempFile(directory, "strace", ".log");
        Path table = Files.createTempFile(directory, "strace", ".table");
        List<String> command = new ArrayList<>(List.of("strace", "-c", "-o", table.toString()));
        command.addAll(targets);
        long asked = targets.stream().filter("-p"::equals).count();
        Process strace;
        try {
            strace =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start();
        } catch (IOException e) {
            throw skipped(e.getMessage());
        }
        Awaitility.await("strace attaches")
                .atMost(PATIENCE)
                .until(() -> attached(said) >= asked || !strace.isAlive());
        if (!strace.isAlive()) {
            throw skipped(Files.readString(said).strip());
        }
        return new SystemCalls(strace, table);
    }

    private static long attached(Path said) throws IOException {
        return Files.readAllLines(said).stream().filter(line -> line.contains("attached")).count();
    }

    private static RuntimeException skipped(String reason) {
        String why = "system calls cannot be counted: " + reason;
        System.err.println("SKIPPED: " + why);
        Assumptions.abort(why);
        return new IllegalStateException(why);
    }

    /** Stops counting. The calls, by name. */
    Map<String, Long> stop() throws IOException, InterruptedException {
        strace.destroy();
        if (!strace.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            strace.destroyForcibly();
            throw new IOException("strace does not end");
        }
        Map<String, Long> calls = new TreeMap<>();
        for (String line : Files.readAllLines(table)) {
            // % time, seconds, usecs/call, calls, errors if any, name
            String[] fields = line.strip().split(" +");
            if (fields.length >= 5 && fields[0].matches("[0-9.]+")) {
                calls.put(fields[fields.length - 1], Long.parseLong(fields[3]));
            }
        }
        calls.remove("total");
        if (calls.isEmpty()) {
            throw new IOException("strace has counted nothing: " + Files.readString(table));
        }
        return calls;
    }
}
