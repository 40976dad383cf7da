package io.millrace.perf.compare;

import io.millrace.perf.compare.cluster.Child;
import io.millrace.perf.compare.cluster.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Has the kernel count the calls by which processes wait for a disk, by {@code perf stat}. The
 * processes are not stopped for it, as they were by a tracer. For one thread.
 */
final class ForceCounter implements AutoCloseable {
    private static final List<String> CALLS =
            List.of("fsync", "fdatasync", "msync", "sync_file_range");

    private static final String EVENT = "syscalls:sys_enter_";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Children children;
    private final Child perf;
    private final Path counts;
    private final Path log;
    private String problem;

    private ForceCounter(Children children, Child perf, Path counts, Path log, String problem) {
        this.children = children;
        this.perf = perf;
        this.counts = counts;
        this.log = log;
        this.problem = problem;
    }

    /**
     * Prepares to count.
     *
     * @param files where counts and log go; the names have this one as prefix
     */
    static ForceCounter of(Children children, List<Long> pids, Path files) throws IOException {
        Path counts = files.resolveSibling(files.getFileName() + ".perf.csv");
        Files.createDirectories(counts.toAbsolutePath().getParent());
        Files.deleteIfExists(counts);
        List<String> command =
                List.of(
                        "perf",
                        "stat",
                        "--delay=-1",
                        "--control=fd:0,1",
                        "--field-separator=,",
                        "--output=" + counts,
                        "--event="
                                + CALLS.stream()
                                        .map(EVENT::concat)
                                        .collect(Collectors.joining(",")),
                        "--pid="
                                + pids.stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(",")));
        Path log = files.resolveSibling(files.getFileName() + ".perf.log");
        try {
            Child perf = children.start("perf", command, Map.of(), log);
            return new ForceCounter(children, perf, counts, log, null);
        } catch (IOException e) {
            return new ForceCounter(children, null, counts, log, "perf is not installed");
        }
    }

    /** Counts from now on. */
    void begin() throws InterruptedException {
        order("enable");
    }

    /**
     * Counts no more.
     *
     * @param records that were acknowledged since the beginning
     */
    Forces end(long records) throws InterruptedException {
        order("disable");
        if (problem != null) {
            return Forces.uncounted(problem);
        }
        try {
            interrupt();
            perf.awaitExit(PATIENCE);
            OptionalLong calls = parse(Files.readString(counts));
            return calls.isPresent()
                    ? Forces.of(calls.getAsLong(), records)
                    : Forces.uncounted("perf has not counted all calls");
        } catch (IOException e) {
            return Forces.uncounted("perf does not end, or its counts cannot be read");
        }
    }

    /** The sum of all events; nothing unless each has its number. */
    static OptionalLong parse(String csv) {
        List<String[]> lines =
                csv.lines()
                        .map(line -> line.split(","))
                        .filter(words -> words.length > 2 && words[2].startsWith(EVENT))
                        .toList();
        boolean whole =
                lines.size() == CALLS.size()
                        && lines.stream().allMatch(words -> words[0].matches("[0-9]{1,18}"));
        return whole
                ? OptionalLong.of(lines.stream().mapToLong(words -> Long.parseLong(words[0])).sum())
                : OptionalLong.empty();
    }

    /** Ends it, whatever it does. */
    @Override
    public void close() throws IOException {
        if (perf != null) {
            perf.terminate();
            perf.awaitEnd(PATIENCE);
        }
    }

    /** Only this signal lets perf write what it has counted. */
    private void interrupt() throws IOException, InterruptedException {
        Child kill =
                children.start(
                        "kill", List.of("sh", "-c", "kill -INT " + perf.pid()), Map.of(), log);
        try {
            kill.awaitExit(PATIENCE);
        } finally {
            kill.awaitEnd(Duration.ZERO);
        }
    }

    private void order(String word) throws InterruptedException {
        if (problem != null) {
            return;
        }
        try {
            perf.say(word);
            perf.awaitLine("ack"::equals, PATIENCE);
        } catch (IOException e) {
            problem =
                    perf.isAlive()
                            ? "perf does not answer"
                            : "perf may not count system calls here (kernel.perf_event_paranoid)";
        }
    }
}
