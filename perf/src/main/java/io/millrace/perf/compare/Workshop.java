package io.millrace.perf.compare;

import io.millrace.cli.CommandException;
import io.millrace.perf.compare.cluster.BrokerCluster;
import io.millrace.perf.compare.cluster.Child;
import io.millrace.perf.compare.cluster.Children;
import io.millrace.perf.compare.cluster.KafkaCluster;
import io.millrace.perf.compare.cluster.KafkaJars;
import io.millrace.perf.compare.cluster.MillraceCluster;
import io.millrace.perf.host.DiskSample;
import io.millrace.perf.host.ProcFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * What all rounds of a comparison share.
 *
 * @param plan what is done
 * @param children who starts processes
 * @param launcher the program {@code millrace} of the distribution that runs
 * @param kafka the jars of Kafka
 * @param ballast fills memory while nothing is measured
 * @param data where brokers keep their data; removed at the end
 * @param out where results and logs go
 * @param err where it is told how the comparison gets on
 * @param clock wall time
 * @param nanoTime monotonic time
 */
record Workshop(
        Plan plan,
        Children children,
        Path launcher,
        KafkaJars kafka,
        Ballast ballast,
        Path data,
        Path out,
        PrintStream err,
        Clock clock,
        LongSupplier nanoTime) {

    /** A disk that is this full would be measured rather than the brokers. */
    private static final long LEAST_FREE_BYTES = 2L << 30;

    private static final Duration SETTLE = Duration.ofSeconds(120);
    private static final Duration FULL_FILL = Duration.ofSeconds(60);

    /** Most is filled while the brokers warm up. */
    static final Duration QUICK_FILL = Duration.ofSeconds(20);

    private static final Duration FILL_TOLD = Duration.ofSeconds(5);

    int rounds() {
        return plan.rounds().size();
    }

    /** A cluster for a round, not yet started. */
    BrokerCluster newCluster(Round round) throws IOException {
        Path directory = data.resolve(round.system());
        if (round.system().equals(MillraceCluster.NAME)) {
            return new MillraceCluster(
                    launcher, plan.heap(), directory, logs(round), children, nanoTime);
        }
        return new KafkaCluster(
                kafka, plan.heap(), clusterId(round), directory, logs(round), children);
    }

    /** What a client of a system needs beside the class path of this program. */
    List<Path> drivers(String system) {
        return system.equals(KafkaCluster.NAME) ? kafka.client() : List.of();
    }

    /** Where a round leaves what its processes say. */
    Path logs(Round round) {
        return out.resolve("round-%03d".formatted(round.number()));
    }

    /** Writes what an earlier load has left to write, so that the next does not pay for it. */
    void settle() throws IOException, InterruptedException {
        Child sync = children.start("sync", List.of("sync"), Map.of(), out.resolve("sync.log"));
        try {
            sync.awaitExit(SETTLE);
        } finally {
            sync.awaitEnd(Duration.ZERO);
        }
    }

    /**
     * Waits until memory is full, for a minute at most; tells how it gets on. The quick form waits
     * for less, and only before the first load of a cluster.
     */
    void fillMemory(String title, boolean first) throws IOException, InterruptedException {
        Duration quick = first ? QUICK_FILL : Duration.ZERO;
        Duration patience = plan.quick() ? quick : FULL_FILL;
        long deadline = nanoTime.getAsLong() + patience.toNanos();
        boolean full = ballast.awaitFull(Duration.ZERO);
        while (!full && deadline - nanoTime.getAsLong() > 0) {
            say(
                    "%s: filling memory with pages of a file, %.1f GiB left",
                    title, gib(new ProcFiles().memory().freeBytes()));
            full = ballast.awaitFull(FILL_TOLD);
        }
        if (ballast.problem() != null) {
            say("%s: memory is not filled: %s", title, ballast.problem());
        }
    }

    /** What the disk with the brokers' data was given to write so far; empty if nobody counts. */
    OptionalLong diskWritten() throws IOException {
        return DiskSample.writtenBelow(data);
    }

    /** Ends the comparison before the disk is full. */
    void checkDisk() throws IOException {
        checkDisk(LEAST_FREE_BYTES);
    }

    /**
     * Ends the comparison if the disk has less.
     *
     * @throws CommandException naming what is needed and what there is
     */
    void checkDisk(long bytes) throws IOException {
        long free = Files.getFileStore(data).getUsableSpace();
        if (free < bytes) {
            throw new CommandException(
                    String.format(
                            Locale.ROOT,
                            "the brokers' data needs %.0f GiB, and %s has %.0f GiB free; free some, or name"
                                    + " a directory on another disk with --data-dir",
                            Math.ceil(gib(bytes)),
                            data,
                            Math.floor(gib(free))));
        }
    }

    /** Tells how it gets on. */
    void say(String pattern, Object... words) {
        err.println(String.format(Locale.ROOT, pattern, words));
    }

    private static double gib(long bytes) {
        return bytes / (double) (1 << 30);
    }

    /** Any 16 bytes, as Kafka writes them. */
    private static String clusterId(Round round) {
        byte[] bytes =
                ByteBuffer.allocate(16)
                        .putLong(0x6d696c6c72616365L)
                        .putLong(round.number())
                        .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
