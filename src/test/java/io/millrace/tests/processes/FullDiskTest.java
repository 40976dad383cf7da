package io.millrace.tests.processes;

import static io.millrace.client.subscribe.Position.earliest;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.TrimPoint;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.PublishResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A full disk stops publishing and nothing else, and publishing goes on when there is room. */
@Timeout(value = 5, unit = MINUTES)
class FullDiskTest {

    private static final int DISK_MIB = 224;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String[] SMALL = {
        "-c", "wal.segment-bytes=16MiB",
        "-c", "wal.cap-bytes=80MiB",
        "-c", "checkpoint.bytes=16MiB",
        "-c", "checkpoint.interval-ms=2000",
        "-c", "disk.reserve-bytes=32MiB",
        "-c", "disk.check-interval-ms=50"
    };

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    private final Random random = Seed.random("FullDiskTest");
    private final Ledger ledger = new Ledger();

    @TempDir Path directory;

    @Test
    void shouldRefuseWritesWhenItsOwnDataFillTheDiskUntilTheyAreTrimmed() throws Exception {
        try (LoopDisk disk = LoopDisk.create(directory, DISK_MIB, "defaults");
                StandaloneBroker broker = start(disk);
                MillraceClient client = MillraceClient.connect(broker.address())) {
            long pid = broker.pid();
            createTopic(client, "full");
            createTopic(client, "probes");
            try (Load load =
                    Load.start(
                            client.newPublisher().deadline(Duration.ofSeconds(5)).open(),
                            "full",
                            ledger,
                            random,
                            4_000)) {
                awaitRefusal(broker);
                load.stop();
                assertThat(load.failures())
                        .anySatisfy(
                                failure -> assertThat(failure).hasMessageContaining("bytes free"));
            }
            assertThat(client.admin().clusterStatus().healthy()).isFalse();
            assertThat(ledger.problems(Everything.in(client, "full"))).isEmpty();

            client.admin().trimTopic("full", List.of(), TrimPoint.all());

            awaitAcknowledgement(broker);
            assertThat(client.admin().clusterStatus().healthy()).isTrue();
            assertThat(broker.isAlive()).isTrue();
            assertThat(broker.pid()).isEqualTo(pid);
        }
    }

    /** As a backup or a log file does it: from much to nothing within a second. */
    @Test
    void shouldOutliveAnothersFileThatTakesTheWholeDisk() throws Exception {
        try (LoopDisk disk = LoopDisk.create(directory, DISK_MIB, "defaults");
                StandaloneBroker broker = start(disk);
                MillraceClient client = MillraceClient.connect(broker.address())) {
            createTopic(client, "orders");
            createTopic(client, "probes");
            Path filler = disk.path().resolve("filler");
            try (Load load = Load.start(client, "orders", ledger, random, 200);
                    Subscriber subscriber =
                            client.newSubscriber().topic("orders").from(earliest()).open()) {
                awaitRecords(subscriber, 1_000);
                disk.fill(filler);
                awaitRefusal(broker);
                subscriber.partitions().forEach(each -> subscriber.seek(each, earliest()));
                awaitRecords(subscriber, 1_000);
                try (Subscriber late =
                        client.newSubscriber().topic("orders").from(earliest()).open()) {
                    awaitRecords(late, 1_000);
                }

                Files.delete(filler);

                load.awaitAcknowledged(1_000);
                load.stop();
                assertThat(load.failures()).as("the publisher waits for room").isEmpty();
            }
            assertThat(ledger.problems(Everything.in(client, "orders"))).isEmpty();
            assertThat(broker.isAlive()).isTrue();

            broker.kill();
            broker.start();

            assertThat(ledger.problems(Everything.in(client, "orders"))).isEmpty();
        }
    }

    private StandaloneBroker start(LoopDisk disk) throws Exception {
        return BROKERS.start(disk.path().resolve("data"), directory.resolve("broker.log"), SMALL);
    }

    private static void createTopic(MillraceClient client, String name) {
        client.admin().createTopic(new NewTopic(name, 2, 1, Map.of("segment.bytes", "1MiB")));
    }

    private static void awaitRecords(Subscriber subscriber, int count) {
        AtomicInteger read = new AtomicInteger();
        await("reads to be served")
                .atMost(PATIENCE)
                .until(
                        () ->
                                read.addAndGet(subscriber.poll(Duration.ofMillis(50)).size())
                                        >= count);
    }

    /** Asks with a stream of its own, since that of a publisher waits and tries again. */
    private static void awaitRefusal(StandaloneBroker broker) {
        await("the broker to refuse writes")
                .atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            ErrorDetail error = probe(broker).getRefusal().getError();
                            assertThat(error.getReason()).isEqualTo(ErrorReason.DISK_FULL);
                            assertThat(error.getMessage()).contains("bytes free", "free space");
                        });
    }

    private static void awaitAcknowledgement(StandaloneBroker broker) {
        await("the broker to take writes again")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(probe(broker).hasAck()).isTrue());
    }

    private static PublishResponse probe(StandaloneBroker broker) throws Exception {
        try (RawPublish stream = RawPublish.welcomed(broker.address())) {
            return stream.append("probes", 0, stream.stamp(RawPublish.batch("probe"), 0));
        }
    }
}
