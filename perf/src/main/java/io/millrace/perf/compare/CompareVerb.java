package io.millrace.perf.compare;

import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.CountConverter;
import io.millrace.cli.DurationConverter;
import io.millrace.cli.ExitCode;
import io.millrace.perf.compare.cluster.Children;
import io.millrace.perf.compare.cluster.KafkaJars;
import io.millrace.perf.host.ProcFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench compare}. */
@Command(
        name = "compare",
        description = {
            "Compare Millrace with Kafka on this machine: three brokers each, by turns, under the same"
                    + " loads, with the same heap on the same disk.",
            "Needs a checkout: Maven fetches Kafka. Starts all brokers itself and removes their data."
                    + " Exit code 1 if a load failed or a record is not accounted for; a target that"
                    + " is missed is only told.",
        },
        footer = {
            "",
            "Examples:",
            "  millrace bench compare --quick",
            "  millrace bench compare --rounds 5 --out compared",
            "  millrace bench compare --quick --workload backlog-drain-1p --workload fan-out-8",
        })
public final class CompareVerb implements Callable<Integer> {
    private static final int FULL_ROUNDS = 3;
    private static final Duration FULL_DURATION = Duration.ofSeconds(60);

    private final CommandContext context;

    @Option(
            names = "--quick",
            description = "At most 10 minutes: one round, short loads, and not all of them.")
    private boolean quick;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "How often each system gets every load. Default: 3; quick: 1.")
    private Integer rounds;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long each load is measured. Default: 60s; quick: 6s.")
    private Duration duration;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "1g",
            description = "Heap of each broker, such as 512m. Default: ${DEFAULT-VALUE}.")
    private String heap;

    @Option(
            names = "--no-fill",
            description = {
                "Leave free memory as it is. Otherwise it is filled with pages of a file while nothing is"
                        + " measured, so that who comes first does not pay for new pages.",
            })
    private boolean noFill;

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            description = "Only this load; may be given several times. Default: all.")
    private List<String> workloads = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "millrace-compare",
            description = {
                "Where results and logs go. A comparison that was cut short goes on after the last"
                        + " whole round. Default: ./${DEFAULT-VALUE}.",
            })
    private Path out;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the brokers' data goes while they run. Default: the one of --out.")
    private Path dataDir;

    /** The verb, with the streams and clocks of the command. */
    public CompareVerb(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Plan plan = plan();
        KafkaBuild build = KafkaBuild.in(System.getenv("MILLRACE_CHECKOUT"));
        Path launcher = launcher();
        if (!new ProcFiles().isThere()) {
            throw new CommandException(
                    "a comparison needs Linux: what brokers take of the machine is read from /proc");
        }
        try {
            Comparison comparison = compare(plan, build, launcher);
            context.output().print(comparison, () -> CompareText.of(comparison));
            context.err().println("all of it: " + out.resolve("comparison.html"));
            return comparison.isWhole() ? ExitCode.DONE : ExitCode.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            context.err()
                    .println(
                            "stopped; the same command goes on after the last whole round in "
                                    + out);
            // The signal that asked for it gives the process another exit code.
            return ExitCode.FAILED;
        }
    }

    private Comparison compare(Plan plan, KafkaBuild build, Path launcher)
            throws IOException, InterruptedException {
        Path directory = out.toAbsolutePath();
        RoundStore store = RoundStore.open(directory, plan);
        try (Interruption interruption = new Interruption();
                DataPlace place =
                        DataPlace.take(dataDir == null ? directory : dataDir.toAbsolutePath());
                Ballast ballast = ballast(place);
                Children children = new Children(place.register(), context.nanoTime())) {
            interruption.guard(children);
            KafkaJars kafka = kafka(build, children, directory);
            Workshop workshop =
                    new Workshop(
                            plan,
                            children,
                            launcher,
                            kafka,
                            ballast,
                            place.data(),
                            directory,
                            context.err(),
                            context.clock(),
                            context.nanoTime());
            workshop.checkDisk(plan.diskBytes());
            return run(plan, store, workshop);
        }
    }

    private Ballast ballast(DataPlace place) {
        if (noFill) {
            return Ballast.none();
        }
        try {
            return Ballast.open(place.data().resolve("ballast"), new ProcFiles()::memory);
        } catch (IOException e) {
            context.err().println("memory is not filled: " + e);
            return Ballast.none();
        }
    }

    private static Comparison run(Plan plan, RoundStore store, Workshop workshop)
            throws IOException, InterruptedException {
        List<RoundResult> results = new ArrayList<>();
        for (Round round : plan.rounds()) {
            Optional<RoundResult> done = store.find(round.number());
            if (done.isPresent()) {
                workshop.say(
                        "round %d of %d was done at %s",
                        round.number(), plan.rounds().size(), done.get().startTime());
                results.add(done.get());
            } else {
                RoundResult result = new RoundRun(workshop, round).run();
                store.save(result);
                results.add(result);
            }
        }
        Comparison comparison = Comparison.of(plan, results);
        store.save(comparison);
        return comparison;
    }

    private KafkaJars kafka(KafkaBuild build, Children children, Path directory)
            throws IOException, InterruptedException {
        Optional<KafkaJars> fresh = build.fresh();
        if (fresh.isPresent()) {
            return fresh.get();
        }
        context.err().println("fetching Kafka and building the driver for it ...");
        return build.build(children, directory.resolve("maven.log"));
    }

    private Plan plan() {
        if (!heap.matches("[1-9][0-9]{0,5}[mMgG]")) {
            throw new CommandException(
                    "--heap is \"%s\"; it must be a number of mebibytes or gibibytes, such as 512m or 1g"
                            .formatted(heap));
        }
        if (rounds != null && rounds > 100) {
            throw new CommandException("--rounds is %d; it must be 1 to 100".formatted(rounds));
        }
        double seconds = duration == null ? defaultSeconds() : duration.toMillis() / 1e3;
        if (seconds < 1 || seconds > 3600) {
            throw new CommandException(
                    "--duration is %.1f s; it must be 1 s to 1 h".formatted(seconds));
        }
        try {
            return Plan.of(
                    new Plan.Wish(
                            quick,
                            rounds == null ? quick ? 1 : FULL_ROUNDS : rounds,
                            seconds,
                            heap,
                            workloads));
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    private double defaultSeconds() {
        return quick ? Plan.QUICK_SECONDS : FULL_DURATION.toSeconds();
    }

    private static Path launcher() {
        String home = System.getProperty("millrace.home");
        Path launcher = home == null ? null : Path.of(home, "bin", "millrace");
        if (launcher == null || !Files.isExecutable(launcher)) {
            throw new CommandException(
                    "the launcher of Millrace is not known; call bin/millrace of a checkout");
        }
        return launcher;
    }
}
