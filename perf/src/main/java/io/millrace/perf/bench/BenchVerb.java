package io.millrace.perf.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.ExitCode;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.BrokerStatus;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.perf.measure.Report;
import io.millrace.perf.measure.ReportText;
import io.millrace.perf.measure.Setting;
import io.millrace.perf.workload.Workload;
import io.millrace.protocol.ProductVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the benchmarks share: topic, records, the report and its exit code. */
abstract class BenchVerb implements Callable<Integer> {
    /** How often the counters are looked at. */
    static final Duration TICK = Duration.ofMillis(100);

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final CommandContext context;
    private final String name;

    @Mixin private TopicOptions topicOptions;

    @Mixin private RecordOptions recordOptions;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write the report to this file, too, as JSON.")
    private Path reportFile;

    BenchVerb(CommandContext context, String name) {
        this.context = context;
        this.name = name;
    }

    @Override
    public final Integer call() throws IOException, InterruptedException {
        Workload workload = checkedWorkload();
        checkReportFile();
        long run = ThreadLocalRandom.current().nextLong();
        String freeName = "bench-%s-%016x".formatted(name, run);
        try (StopSignal stop = new StopSignal();
                MillraceClient client = context.connect(REQUEST_TIMEOUT);
                BenchTopic topic = topicOptions.open(client.admin(), freeName)) {
            topic.checkFits(workload.recordSize());
            Report report = run(new BenchRun(context, client, topic, workload, run, stop));
            context.output().print(report, () -> ReportText.of(report));
            write(report);
            return report.good() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    /** The workload of the options; IllegalArgumentException if one is out of its limits. */
    abstract Workload workload(RecordOptions options);

    abstract Report run(BenchRun run) throws InterruptedException;

    boolean isTopicNamed() {
        return topicOptions.isNamed();
    }

    /** The conditions of a run. */
    static Setting setting(BenchRun run, boolean load, int receivers) {
        ClusterStatus status = run.client().admin().clusterStatus();
        List<BrokerStatus> brokers = status.brokers();
        return new Setting(
                ProductVersion.CURRENT,
                run.context().clock().instant().toString(),
                new Setting.Cluster(
                        String.join(",", run.context().servers()),
                        brokers.size(),
                        brokers.isEmpty() ? "unknown" : brokers.get(0).version()),
                run.topic().setting(),
                load ? Setting.Load.of(run.workload()) : null,
                receivers,
                run.workload().warmUp().toNanos() / 1e9,
                Setting.Machine.here());
    }

    private Workload checkedWorkload() {
        try {
            return workload(recordOptions);
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    /** Better now than after the run. */
    private void checkReportFile() {
        if (reportFile == null) {
            return;
        }
        Path directory = reportFile.toAbsolutePath().getParent();
        if (Files.isDirectory(reportFile) || directory == null || !Files.isWritable(directory)) {
            throw new CommandException(
                    "cannot write --report %s; name a file in a directory that is there and may be"
                                    .formatted(reportFile)
                            + " written");
        }
    }

    private void write(Report report) throws IOException {
        if (reportFile != null) {
            ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
            Files.write(reportFile, json.writeValueAsBytes(report));
            context.err().println("report: " + reportFile);
        }
    }
}
