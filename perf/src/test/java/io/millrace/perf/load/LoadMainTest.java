package io.millrace.perf.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.driver.Durability;
import io.millrace.perf.driver.MemoryDriver;
import io.millrace.perf.driver.MemoryDriver.Mistake;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LoadMainTest {
    @TempDir private Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicInteger halted = new AtomicInteger(-1);
    private MemoryDriver driver = new MemoryDriver();

    @Test
    void shouldMeasurePublishingAndReadItBack() throws IOException {
        LoadResult result = measure(Specs.of(Work.PUBLISH, 4, 0, 0, 3, 0, 0.3));

        long records = result.published().records();
        assertThat(records).isPositive();
        assertThat(result.publishLatency().count()).isEqualTo(records);
        assertThat(result.verification().expected())
                .as("only what was measured, not the warm-up")
                .isEqualTo(records);
        assertThat(result.verification().received()).isEqualTo(records);
        assertThat(result.verification().foreign()).isZero();
        assertThat(result.published().bytes()).isEqualTo(records * 100);
        assertThat(result.received()).isNull();
        assertThat(result.endToEndLatency()).isNull();
        assertThat(result.scheduleDelay()).isNull();
        assertThat(result.cost().cpuMs()).isPositive();
        assertThat(result.client()).isEqualTo("memory 1");
        assertThat(result.settings()).containsKey("publisher.pending");
        assertThat(driver.hasTopic("topic")).isFalse();
    }

    @Test
    void shouldKeepToTheRate() throws IOException {
        LoadResult result = measure(Specs.of(Work.PUBLISH, 4, 1_000, 0, 2, 0, 0.5));

        assertThat(result.published().records()).isEqualTo(500);
        assertThat(result.scheduleDelay().count()).isEqualTo(500);
        assertThat(result.histograms().scheduleDelay()).isNotEmpty();
    }

    @Test
    void shouldReadABacklogFromItsStart() throws IOException {
        LoadResult result = measure(Specs.of(Work.DRAIN, 4, 0, 2, 3, 500, 0.3));

        long records = result.received().records();
        assertThat(records).isPositive().isEqualTo(records / 500 * 500);
        assertThat(result.verification().expected()).isEqualTo(records);
        assertThat(result.published()).isNull();
        assertThat(result.seconds()).isPositive().isLessThan(5);
    }

    @Test
    void shouldGiveABacklogToEachSubscriber() throws IOException {
        LoadResult result = measure(Specs.of(Work.FAN_OUT_DRAIN, 2, 0, 5, 1, 300, 0.1));

        long records = result.received().records();
        assertThat(records).isPositive().isEqualTo(records / 1_500 * 1_500);
        assertThat(result.received().bytes()).isEqualTo(records * 100);
        assertThat(result.verification().expected()).isEqualTo(records);
    }

    @Test
    void shouldFollowWhatIsPublished() throws IOException {
        LoadResult result = measure(Specs.of(Work.END_TO_END, 4, 1_000, 2, 1, 0, 0.5));

        assertThat(result.received().records()).isEqualTo(500);
        assertThat(result.endToEndLatency().count()).isEqualTo(500);
        assertThat(result.publishLatency().count()).isEqualTo(500);
        assertThat(result.verification().expected()).isEqualTo(500);
    }

    @Test
    void shouldGiveWhatIsPublishedToEachSubscriber() throws IOException {
        LoadResult result = measure(Specs.of(Work.FAN_OUT, 2, 1_000, 8, 2, 0, 0.5));

        assertThat(result.published().records()).isEqualTo(500);
        assertThat(result.received().records()).isEqualTo(4_000);
        assertThat(result.verification().expected()).isEqualTo(4_000);
        assertThat(result.endToEndLatency().count()).isEqualTo(4_000);
    }

    @Test
    void shouldGiveEachIdlePartitionARecordAndLeaveItAlone() throws IOException {
        LoadResult result = measure(Specs.of(Work.IDLE, 50, 0, 0, 1, 0, 0.3));

        assertThat(result.good()).isTrue();
        assertThat(result.seconds()).isBetween(0.3, 5.0);
        assertThat(result.verification().received()).isEqualTo(50);
        assertThat(result.published()).isNull();
    }

    @Test
    void shouldGiveSomeIdlePartitionsARecordASecond() throws IOException {
        LoadResult result = measure(Specs.of(Work.IDLE, 50, 10, 0, 1, 0, 1));

        // Two before the measurement, and ten in it.
        assertThat(result.verification().received()).isBetween(50L + 10, 50L + 13);
    }

    @Test
    void shouldSendOneRecordAtATime() throws IOException {
        LoadResult result = measure(Specs.of(Work.ONE_AT_A_TIME));

        assertThat(result.published().records())
                .isPositive()
                .isEqualTo(result.received().records());
        // Nobody waits for more than the record itself: no queue builds up.
        assertThat(result.endToEndLatency().p50()).isLessThan(50);
    }

    @Test
    void shouldKeepTheWholeHistogram() throws Exception {
        LoadResult result = measure(Specs.of(Work.PUBLISH));

        byte[] bytes = Base64.getDecoder().decode(result.histograms().publish());
        Histogram decoded = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
        assertThat(decoded.getTotalCount()).isEqualTo(result.published().records());
        assertThat(decoded.getValueAtPercentile(99) / 1e6).isEqualTo(result.publishLatency().p99());
        assertThat(result.histograms().endToEnd()).isNull();
    }

    @Test
    void shouldFindARecordThatIsLost() throws IOException {
        for (Work work : Work.values()) {
            if (work == Work.ONE_AT_A_TIME || work.isFailover() || work.isRecovery()) {
                // The one waits for it until its patience ends, the others have tests of their own.
                continue;
            }
            assertBad(work, Mistake.LOSE, "is lost");
        }
    }

    @Test
    void shouldFindARecordThatCameTwice() throws IOException {
        for (Work work : Work.values()) {
            if (!work.isFailover() && !work.isRecovery()) {
                assertBad(work, Mistake.DOUBLE, "came again");
            }
        }
    }

    @Test
    void shouldTellARefusedRecord() throws IOException {
        LoadResult result = assertBad(Work.PUBLISH, Mistake.REFUSE, "1 records failed");
        assertThat(result.failures().first()).isEqualTo("refused by the test");
        assertBad(Work.ONE_AT_A_TIME, Mistake.REFUSE, "refused by the test");
    }

    @Test
    void shouldNotAcceptAWeakerDurability() throws IOException {
        driver = new MemoryDriver(Durability.PAGE_CACHE, Mistake.NONE, 0);
        assertThat(run("measure\n", Specs.of(Work.PUBLISH))).isEqualTo(LoadMain.BAD);
        LoadResult result = LoadFiles.readResult(result());
        assertThat(result.good()).isFalse();
        assertThat(result.problem())
                .isEqualTo(
                        "durability is PAGE_CACHE, where FSYNC_MAJORITY was wanted: as the test"
                                + " wants it");
    }

    @Test
    void shouldStopWhenTheWarmUpGoesWrong() throws IOException {
        driver = new MemoryDriver(Durability.FSYNC_MAJORITY, Mistake.REFUSE, 3);
        assertThat(run("measure\n", Specs.of(Work.PUBLISH))).isEqualTo(LoadMain.BAD);
        assertThat(out.toString(UTF_8)).isEqualTo("READY\n");
        assertThat(err.toString(UTF_8))
                .contains("failed while warming up", "1 records failed", "refused by the test");
        assertThat(result()).doesNotExist();
    }

    @Test
    void shouldWaitForTheWordBeforeItMeasures() throws Exception {
        PipedWriter words = new PipedWriter();
        BufferedReader in = new BufferedReader(new PipedReader(words));
        LoadMain load = load(in);
        Path spec = write(Specs.of(Work.PUBLISH));
        CompletableFuture<Integer> code =
                CompletableFuture.supplyAsync(() -> load.run(spec.toString(), result().toString()));
        Awaitility.await().until(() -> out.toString(UTF_8).matches("READY\nWARM [0-9]+\n"));
        long[] before = driver.ends("topic");
        assertThat(out.toString(UTF_8))
                .as("what was published so far")
                .isEqualTo("READY\nWARM " + Arrays.stream(before).sum() + "\n");

        words.write("measure\n");
        words.flush();
        assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(LoadMain.GOOD);
        assertThat(out.toString(UTF_8)).matches("READY\nWARM [0-9]+\nDONE\n");
        assertThat(before).isNotEqualTo(new long[4]);
        words.close();
    }

    @Test
    void shouldEndWhenNobodyIsThereAnyMore() throws IOException {
        assertThat(run("", Specs.of(Work.PUBLISH))).isEqualTo(LoadMain.BAD);
        driver = new MemoryDriver();
        assertThat(run("stop\n", Specs.of(Work.DRAIN))).isEqualTo(LoadMain.BAD);
        assertThat(err.toString(UTF_8))
                .contains("waiting for the line \"measure\" on stdin", "stdin has ended")
                .contains("the line was \"stop\"");
        assertThat(result()).doesNotExist();
    }

    @Test
    void shouldRefuseAWrongSpecification() throws IOException {
        Path file = directory.resolve("spec.json");
        Files.writeString(file, "{\"system\": \"memory\"");
        assertThat(load("").run(file.toString(), result().toString()))
                .isEqualTo(LoadMain.WRONG_SPEC);
        assertThat(err.toString(UTF_8)).contains("spec.json: ");

        assertThat(load("").run(directory.resolve("no.json").toString(), result().toString()))
                .isEqualTo(LoadMain.WRONG_SPEC);
        assertThat(err.toString(UTF_8)).contains("no.json");

        Path spec = write(Specs.of(Work.PUBLISH));
        assertThat(load("").run(spec.toString(), "/nowhere/result.json"))
                .isEqualTo(LoadMain.WRONG_SPEC);
        assertThat(err.toString(UTF_8)).contains("cannot be written to /nowhere/result.json");

        assertThat(load("").run(spec.toString())).isEqualTo(LoadMain.WRONG_SPEC);
        assertThat(err.toString(UTF_8)).contains("usage: LoadMain SPEC.json RESULT.json");
        assertThat(out.toString(UTF_8)).isEmpty();
    }

    @Test
    void shouldNotOutliveItsDeadline() throws Exception {
        PipedWriter words = new PipedWriter();
        LoadMain load = load(new BufferedReader(new PipedReader(words)));
        Path spec = write(timed(Specs.of(Work.PUBLISH), 0.1, 0.5));
        CompletableFuture<Integer> code =
                CompletableFuture.supplyAsync(() -> load.run(spec.toString(), result().toString()));

        Awaitility.await().until(() -> halted.get() == LoadMain.LATE);
        assertThat(err.toString(UTF_8))
                .contains("deadlineSeconds is 0.5; that was over while waiting for the line")
                .contains("LoadMain.awaitMeasure");
        words.close();
        assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(LoadMain.BAD);
    }

    @Test
    void shouldBeLeftAloneByADeadlineThatWasKept() throws IOException {
        measure(timed(Specs.of(Work.PUBLISH), 0.1, 30));
        assertThat(halted).hasValue(-1);
    }

    /** The mistake happens long after the warm-up has begun: with a record that is measured. */
    private LoadResult assertBad(Work work, Mistake mistake, String problem) throws IOException {
        out.reset();
        Spec spec = timed(Specs.of(work), 0, 60);
        driver = new MemoryDriver(Durability.FSYNC_MAJORITY, mistake, 5);
        assertThat(run("measure\n", spec)).as("%s", work).isEqualTo(LoadMain.BAD);
        LoadResult result = LoadFiles.readResult(result());
        assertThat(result.good()).isFalse();
        assertThat(result.problem()).as("%s", work).contains(problem);
        return result;
    }

    private static Spec timed(Spec spec, double warmUp, double deadline) {
        return new Spec(
                spec.system(),
                spec.bootstrap(),
                spec.workload(),
                spec.work(),
                spec.topic(),
                spec.partitions(),
                spec.replicas(),
                spec.durability(),
                spec.recordBytes(),
                spec.batchBytes(),
                spec.lingerMs(),
                spec.compression(),
                spec.rate(),
                spec.publishers(),
                spec.subscribers(),
                spec.memoryBytes(),
                spec.records(),
                warmUp,
                spec.seconds(),
                spec.verify(),
                spec.seed(),
                deadline,
                spec.failovers());
    }

    private LoadResult measure(Spec spec) throws IOException {
        int code = run("measure\n", spec);
        assertThat(code).as(err.toString(UTF_8)).isEqualTo(LoadMain.GOOD);
        assertThat(out.toString(UTF_8)).matches("READY\nWARM [0-9]+\nDONE\n");
        LoadResult result = LoadFiles.readResult(result());
        assertThat(result.good()).isTrue();
        assertThat(result.problem()).isNull();
        assertThat(result.spec()).isEqualTo(spec);
        assertThat(result.assurance().durability()).isEqualTo(Durability.FSYNC_MAJORITY);
        return result;
    }

    private int run(String words, Spec spec) throws IOException {
        return load(words).run(write(spec).toString(), result().toString());
    }

    private LoadMain load(String words) {
        return load(new BufferedReader(new StringReader(words)));
    }

    private LoadMain load(BufferedReader in) {
        return new LoadMain(
                in,
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                Clock.systemUTC(),
                System::nanoTime,
                spec -> driver,
                halted::set);
    }

    private Path write(Spec spec) throws IOException {
        Path file = directory.resolve("spec.json");
        LoadFiles.write(file, spec);
        return file;
    }

    private Path result() {
        return directory.resolve("result.json");
    }
}
