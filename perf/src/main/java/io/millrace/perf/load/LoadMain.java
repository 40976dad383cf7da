package io.millrace.perf.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.perf.driver.Driver;
import io.millrace.perf.driver.DriverProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * A process of its own that puts load on a cluster, so that its processor time can be told apart
 * from that of brokers and of who compares them: {@code LoadMain SPEC.json RESULT.json}.
 *
 * <p>It says on stdout, a line each: READY when topic, backlog and client are there; WARM n when
 * the warm-up is over, in which n records were acknowledged, and nothing goes on; then it waits for
 * the line {@code measure} on stdin; DONE right after the last answer or record of the measurement.
 * Meanwhile it may ask for a broker to be killed or started, KILL 2 or RESTART 2, and waits for the
 * line {@code done}. Then it accounts for the records, writes the result and ends: with 0 if the
 * result is good, 1 if it is not or there is none, 2 if the specification is wrong, 3 if its
 * deadline was over. All talk goes to stderr.
 */
public final class LoadMain {
    static final int GOOD = 0;
    static final int BAD = 1;
    static final int WRONG_SPEC = 2;
    static final int LATE = 3;

    /** What comes before the number of records of the warm-up. */
    public static final String WARM = "WARM ";

    private static final String MEASURE = "measure";

    private final BufferedReader in;
    private final PrintStream out;
    private final PrintStream err;
    private final Clock wallClock;
    private final LongSupplier nanoTime;
    private final Function<Spec, Driver> drivers;
    private final IntConsumer halt;
    private volatile String step = "reading the specification";

    LoadMain(
            BufferedReader in,
            PrintStream out,
            PrintStream err,
            Clock wallClock,
            LongSupplier nanoTime,
            Function<Spec, Driver> drivers,
            IntConsumer halt) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.wallClock = wallClock;
        this.nanoTime = nanoTime;
        this.drivers = drivers;
        this.halt = halt;
    }

    /** Runs and ends the process. */
    public static void main(String[] arguments) {
        LoadMain load =
                new LoadMain(
                        new BufferedReader(new InputStreamReader(System.in, UTF_8)),
                        System.out,
                        System.err,
                        Clock.systemUTC(),
                        System::nanoTime,
                        spec -> DriverProvider.named(spec.system()).connect(spec.bootstrap()),
                        code -> Runtime.getRuntime().halt(code));
        System.exit(load.run(arguments));
    }

    /** Runs; blocks until it is done. Gives the exit code. */
    int run(String... arguments) {
        if (arguments.length != 2) {
            err.println("usage: LoadMain SPEC.json RESULT.json");
            return WRONG_SPEC;
        }
        Path result = Path.of(arguments[1]);
        Spec spec;
        Driver driver;
        try {
            spec = LoadFiles.readSpec(Path.of(arguments[0]));
            checkDirectory(result);
            driver = drivers.apply(spec);
        } catch (IllegalArgumentException | IOException e) {
            err.println(e instanceof IOException ? e : e.getMessage());
            return WRONG_SPEC;
        }
        Duration time = Duration.ofNanos(Math.round(spec.deadlineSeconds() * 1e9));
        Deadline deadline = new Deadline(time, () -> late(spec));
        try (driver) {
            return run(spec, driver, result);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return BAD;
        } catch (IOException | RuntimeException e) {
            err.println("failed while " + step);
            e.printStackTrace(err);
            return BAD;
        } finally {
            deadline.close();
        }
    }

    private int run(Spec spec, Driver driver, Path file) throws IOException, InterruptedException {
        LoadRun run =
                new LoadRun(
                        spec,
                        driver,
                        new RunClock(nanoTime),
                        new OperatorLine(in, out),
                        wallClock.millis() << 8);
        LoadResult result;
        try (Load load = Load.of(run)) {
            result = measure(run, load);
        }
        LoadFiles.write(file, result);
        delete(spec, driver);
        if (result.problem() != null) {
            err.println(result.problem());
        }
        return result.good() ? GOOD : BAD;
    }

    private LoadResult measure(LoadRun run, Load load) throws IOException, InterruptedException {
        step = "preparing";
        load.prepare();
        say("READY");
        step = "warming up";
        load.warmUp();
        say(WARM + load.warmUpRecords());
        step = "waiting for the line \"" + MEASURE + "\" on stdin";
        awaitMeasure();
        step = "measuring";
        Instant start = wallClock.instant();
        ProcessCost before = ProcessCost.now();
        load.measure();
        LoadResult.Cost cost = ProcessCost.now().since(before);
        say("DONE");
        step = "accounting for the records";
        return LoadResult.of(run, start, cost, load.judge());
    }

    private void awaitMeasure() throws IOException {
        String line = in.readLine();
        if (!MEASURE.equals(line)) {
            throw new IOException(
                    line == null ? "stdin has ended" : "the line was \"" + line + "\"");
        }
    }

    private void say(String word) {
        out.println(word);
        out.flush();
    }

    /** Better now than after the run. */
    private static void checkDirectory(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isWritable(directory)) {
            throw new IllegalArgumentException(
                    "the result cannot be written to %s; name a file in a directory that is there"
                            .formatted(file));
        }
    }

    /** The result is safe already: what is left behind goes with the cluster. */
    private void delete(Spec spec, Driver driver) {
        step = "deleting the topic";
        try {
            driver.deleteTopic(spec.topic());
        } catch (RuntimeException e) {
            err.println("topic " + spec.topic() + " could not be deleted: " + e);
        }
    }

    private void late(Spec spec) {
        err.printf(
                Locale.ROOT,
                "deadlineSeconds is %.1f; that was over while %s%n",
                spec.deadlineSeconds(),
                step);
        Thread.getAllStackTraces()
                .forEach(
                        (thread, frames) -> {
                            err.println(thread);
                            for (StackTraceElement frame : frames) {
                                err.println("    at " + frame);
                            }
                        });
        err.flush();
        halt.accept(LATE);
    }
}
