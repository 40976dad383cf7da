package io.millrace.tests.controls;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.tests.history.Anomaly;
import io.millrace.tests.history.Drain;
import io.millrace.tests.history.HistoryChecker;
import io.millrace.tests.history.RecordedLoad;
import io.millrace.tests.history.Recording;
import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Brokers;
import io.millrace.tests.processes.LoopDisk;
import io.millrace.tests.processes.Seed;
import io.millrace.tests.processes.StandaloneBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a broker does wrong on purpose, the judge sees, and names. */
@Timeout(value = 5, unit = MINUTES)
class PositiveControlsTest {

    private static final int PARTITIONS = 2;
    private static final int KILLS = 5;
    private static final int DISK_MIB = 320;

    /** ext4 forces nothing of its own accord for as long as the test lasts. */
    private static final String LAZY = "commit=300";

    /** Its deadline outlasts a restart: what is given up before is not sent again. */
    private static final RecordedLoad.Plan PLAN =
            new RecordedLoad.Plan(PARTITIONS, 5_000, 200, Duration.ZERO);

    /** For a load whose broker does not come back. */
    private static final RecordedLoad.Plan IMPATIENT = PLAN.deadline(Duration.ofSeconds(5));

    private static final String[] SMALL = {
        "-c", "wal.segment-bytes=16MiB",
        "-c", "wal.cap-bytes=128MiB",
        "-c", "wal.direct-io=false",
        "-c", "disk.reserve-bytes=16MiB"
    };

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    private final Random random = Seed.random("PositiveControlsTest");

    @TempDir Path directory;

    /**
     * With the long tests: on a quiet machine what is acknowledged is nearly always in the log's
     * file when the kill comes, and a kill leaves what is there.
     */
    @Test
    @EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
    void shouldSeeAcknowledgementsBeforeTheCommit() throws Exception {
        Path classes = Sabotage.acknowledgeBeforeCommit(directory.resolve("sabotage"));

        Verdict verdict = killWhilePublishing(classes);

        assertThat(verdict.anomalies()).as("%s", verdict).containsKey(Anomaly.LOST_WRITE);
    }

    @Test
    void shouldSeeThatDuplicatesAreNotDropped() throws Exception {
        Path classes = Sabotage.forgetProducers(directory.resolve("sabotage"));

        Verdict verdict = killWhilePublishing(classes);

        assertThat(verdict.anomalies()).as("%s", verdict).containsKey(Anomaly.DUPLICATE);
    }

    @Test
    void shouldSeeThatNothingIsForcedWhenThePowerIsCut() throws Exception {
        Path flag = directory.resolve("never-force");
        Path classes = Sabotage.neverForce(directory.resolve("sabotage"), flag);
        Recording recording = Recording.begin(directory.resolve("history"), "orders");
        LoopDisk disk = LoopDisk.create(directory, DISK_MIB, LAZY);
        Path log = directory.resolve("broker.log");
        try (StandaloneBroker broker =
                BROKERS.startSabotaged(disk.path().resolve("data"), log, classes, SMALL)) {
            createTopic(broker, "orders");
            try (RecordedLoad load = start(recording, broker, IMPATIENT)) {
                load.awaitAcknowledged(1_000);
                Files.createFile(flag);
                load.awaitAcknowledged(5_000);
                broker.kill();
            }
        }
        LoopDisk left = disk.afterPowerCut(directory.resolve("cut"), LAZY);
        try (StandaloneBroker broker =
                BROKERS.start(left.path().resolve("data"), directory.resolve("2.log"), SMALL)) {
            Drain.read(recording, Map.of(1, broker.address()));
        } finally {
            left.close();
            disk.close();
        }

        Verdict verdict = HistoryChecker.check(recording.directory());

        assertThat(verdict.anomalies()).as("%s", verdict).containsKey(Anomaly.UNSEEN);
    }

    /** Kills it until the harm is done: a kill that finds nothing in flight does none. */
    private Verdict killWhilePublishing(Path classes) throws Exception {
        Path log = directory.resolve("broker.log");
        Verdict verdict = null;
        try (StandaloneBroker broker =
                BROKERS.startSabotaged(directory.resolve("data"), log, classes, SMALL)) {
            for (int kill = 0; kill < KILLS && (verdict == null || verdict.isClean()); kill++) {
                Recording recording =
                        Recording.begin(directory.resolve("history-" + kill), "orders-" + kill);
                createTopic(broker, "orders-" + kill);
                try (RecordedLoad load = start(recording, broker, PLAN)) {
                    load.awaitAcknowledged(2_000 + random.nextInt(2_000));
                    broker.kill();
                    broker.start();
                    awaitSilence(load);
                    load.stop();
                }
                Drain.read(recording, Map.of(1, broker.address()));
                verdict = HistoryChecker.check(recording.directory());
            }
        }
        return verdict;
    }

    /** A second after the restart, whatever was in flight has been sent again. */
    private static void awaitSilence(RecordedLoad load) {
        long before = load.acknowledged();
        await().pollDelay(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(30))
                .until(() -> load.acknowledged() > before || !load.failures().isEmpty());
    }

    private RecordedLoad start(Recording recording, StandaloneBroker broker, RecordedLoad.Plan plan)
            throws Exception {
        return RecordedLoad.start(recording, broker.address(), plan, random);
    }

    private static void createTopic(StandaloneBroker broker, String topic) {
        try (MillraceClient client = MillraceClient.connect(broker.address())) {
            client.admin().createTopic(new NewTopic(topic, PARTITIONS));
        }
    }
}
