package io.millrace.tests.history;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.tests.processes.Brokers;
import io.millrace.tests.processes.Seed;
import io.millrace.tests.processes.StandaloneBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What clients of a real broker write down is what the judge understands. */
@Timeout(value = 5, unit = MINUTES)
class RecordingTest {

    private static final int PARTITIONS = 3;
    private static final RecordedLoad.Plan PLAN =
            new RecordedLoad.Plan(PARTITIONS, 2_000, 100, Duration.ofMillis(1_500));

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    private final Random random = Seed.random("RecordingTest");

    @TempDir Path directory;

    /** One broker that is killed, and clients that are thrown away in the midst of their work. */
    @Test
    void shouldWriteDownWhatHappensToAnHonestBroker() throws Exception {
        Recording recording = Recording.begin(directory.resolve("history"), "orders");
        try (StandaloneBroker broker = BROKERS.start(directory, "-c", "wal.segment-bytes=16MiB");
                MillraceClient client = MillraceClient.connect(broker.address())) {
            client.admin().createTopic(new NewTopic("orders", PARTITIONS));
            try (RecordedLoad load = RecordedLoad.start(recording, broker.address(), PLAN, random);
                    RecordedReader reader =
                            RecordedReader.start(recording, broker.address(), PARTITIONS, random);
                    HistoryWriter nemesis = recording.client("nemesis")) {
                load.awaitAcknowledged(4_000);
                nemesis.fault(1);
                broker.kill();
                broker.start();
                nemesis.healed();
                load.awaitAcknowledged(4_000);
                load.stop();
                reader.stop();
                assertThat(load.failures()).isEmpty();
                assertThat(reader.failures()).isEmpty();
                assertThat(reader.records()).isPositive();
            }
            Drain.read(recording, Map.of(1, broker.address()));
        }

        Verdict verdict = HistoryChecker.check(recording.directory());

        assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        assertThat(verdict.counts().acknowledged()).isGreaterThan(8_000);
        assertThat(verdict.pauses().longestNanos()).isPositive();
    }
}
