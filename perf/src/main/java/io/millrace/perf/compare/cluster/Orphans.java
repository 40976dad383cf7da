package io.millrace.perf.compare.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Processes of an earlier run that was killed before it could end them. They are known by process
 * id and start time, so that no other process is taken for one of them.
 */
public final class Orphans {
    private static final int PATIENCE_S = 30;

    private Orphans() {}

    /** Writes down which processes run. */
    static void register(Path file, List<Long> pids) throws IOException {
        String text =
                pids.stream()
                        .map(ProcessHandle::of)
                        .flatMap(Optional::stream)
                        .map(Orphans::line)
                        .collect(Collectors.joining("\n"));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, text);
    }

    /**
     * Kills those that are written down and still run; waits until they are gone.
     *
     * @return how many there were
     */
    public static int kill(Path file) throws IOException, InterruptedException {
        if (Files.notExists(file)) {
            return 0;
        }
        List<String> lines = Files.readAllLines(file);
        List<ProcessHandle> alive =
                lines.stream()
                        .map(Orphans::pid)
                        .flatMap(Optional::stream)
                        .map(ProcessHandle::of)
                        .flatMap(Optional::stream)
                        .filter(ProcessHandle::isAlive)
                        .filter(process -> lines.contains(line(process)))
                        .toList();
        for (ProcessHandle process : alive) {
            process.destroyForcibly();
        }
        for (ProcessHandle process : alive) {
            try {
                process.onExit().get(PATIENCE_S, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException(
                        "process %d of an earlier run cannot be killed".formatted(process.pid()),
                        e);
            }
        }
        Files.delete(file);
        return alive.size();
    }

    private static String line(ProcessHandle process) {
        return process.pid()
                + " "
                + process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static Optional<Long> pid(String line) {
        String pid = line.split(" ", 2)[0];
        return pid.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(pid)) : Optional.empty();
    }
}
