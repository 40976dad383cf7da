package io.millrace.tests.processes;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.PartitionInfo;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.admin.TrimPoint;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Gap;
import io.millrace.client.subscribe.GapPolicy;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.tests.processes.Ledger.Stored;
import io.millrace.v1.BatchAck;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishWelcome;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A planned restart does not show, and what was to go is gone from the disk. */
@Timeout(value = 5, unit = MINUTES)
class RestartTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> SMALL_SEGMENTS = Map.of("segment.bytes", "64KiB");

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    @TempDir static Path directory;
    private static StandaloneBroker broker;
    private static MillraceClient client;

    private final Random random = Seed.random("RestartTest");
    private final Ledger ledger = new Ledger();
    private String topic;

    @BeforeAll
    static void start() throws Exception {
        broker =
                BROKERS.start(
                        directory,
                        "-c",
                        "wal.segment-bytes=16MiB",
                        "-c",
                        "checkpoint.interval-ms=1000",
                        "-c",
                        "partitions.retention-check-interval-ms=100");
        client = MillraceClient.connect(broker.address());
    }

    @AfterAll
    static void close() {
        client.close();
    }

    @BeforeEach
    void nameTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void shouldNotShowAPlannedRestartToPublishersAndSubscribers() throws Exception {
        client.admin().createTopic(new NewTopic(topic, 2));
        List<Stored> received = new ArrayList<>();
        try (Load load = Load.start(client, topic, ledger, random, 500);
                Subscriber subscriber =
                        client.newSubscriber().topic(topic).from(Position.earliest()).open()) {
            load.awaitAcknowledged(1_000);
            take(subscriber, received, 500);
            assertThat(broker.stop()).as("stops in time").isTrue();
            broker.start();
            load.awaitAcknowledged(1_000);
            load.stop();
            assertThat(load.failures()).isEmpty();
            take(subscriber, received, Math.toIntExact(ledger.acknowledgedCount()));
        }

        assertThat(ledger.problems(received)).as("as the subscriber saw it").isEmpty();
        assertThat(ledger.problems(Everything.in(client, topic))).isEmpty();
        assertThat(broker.log()).doesNotContain(" ERROR ");
    }

    @Test
    void shouldKnowProducersAgainAfterCheckpointsAndRestarts() throws Exception {
        client.admin().createTopic(new NewTopic(topic, 1));
        PublishWelcome producer;
        List<BatchAck> first = new ArrayList<>();
        try (RawPublish stream = RawPublish.open(broker.address())) {
            producer =
                    stream.hello(
                            PublishHello.newBuilder()
                                    .setProtocolVersion(RawPublish.VERSION)
                                    .build());
            for (int sequence = 0; sequence < 5; sequence++) {
                first.add(stream.acknowledged(topic, 0, batch(stream, sequence)));
            }
        }
        assertThat(broker.stop()).isTrue();
        broker.start();
        resend(producer, first);
        broker.kill();
        broker.start();
        resend(producer, first);

        assertThat(Everything.in(client, topic)).hasSize(5);
    }

    private void resend(PublishWelcome producer, List<BatchAck> first) throws Exception {
        try (RawPublish stream = RawPublish.open(broker.address())) {
            stream.hello(
                    PublishHello.newBuilder()
                            .setProtocolVersion(RawPublish.VERSION)
                            .setProducerId(producer.getProducerId())
                            .setProducerEpoch(producer.getProducerEpoch())
                            .build());
            for (int sequence = 0; sequence < first.size(); sequence++) {
                BatchAck again = stream.acknowledged(topic, 0, batch(stream, sequence));
                assertThat(again.getDuplicate()).isTrue();
                assertThat(again.getOffsetUnknown()).isFalse();
                assertThat(again.getBaseOffset()).isEqualTo(first.get(sequence).getBaseOffset());
                assertThat(again.getAppendTimeMs())
                        .isEqualTo(first.get(sequence).getAppendTimeMs());
            }
        }
    }

    private static byte[] batch(RawPublish stream, int sequence) {
        return stream.stamp(RawPublish.batch("value " + sequence), sequence);
    }

    @Test
    void shouldKeepTopicsAndTheirSettings() throws Exception {
        client.admin().createTopic(new NewTopic(topic, 2, 1, SMALL_SEGMENTS));
        client.admin().createTopic(new NewTopic(topic + "-deleted", 1));
        client.admin().setTopic(topic, Map.of("retention.ms", "1h"), List.of());
        client.admin().growTopic(topic, 3);
        client.admin().deleteTopic(topic + "-deleted");
        TopicDescription before = client.admin().describeTopic(topic);

        assertThat(broker.stop()).isTrue();
        broker.start();

        TopicDescription after = client.admin().describeTopic(topic);
        assertThat(after.topic()).isEqualTo(before.topic());
        assertThat(after.effectiveConfig()).isEqualTo(before.effectiveConfig());
        assertThat(after.partitions().stream().map(PartitionInfo::partitionId))
                .containsExactlyElementsOf(
                        before.partitions().stream().map(PartitionInfo::partitionId).toList());
        assertThat(client.admin().listTopics())
                .noneMatch(each -> each.name().equals(topic + "-deleted"));
    }

    @Test
    void shouldRemoveFromTheDiskWhatIsTooMuch() throws Exception {
        client.admin().createTopic(new NewTopic(topic, 1, 1, SMALL_SEGMENTS));
        publish(5_000);
        long before = diskBytes();

        client.admin().setTopic(topic, Map.of("retention.bytes", "128KiB"), List.of());

        awaitStart(1);
        awaitDisk(before / 4);
        assertThat(gap().reason()).isEqualTo("EXPIRED");
    }

    @Test
    void shouldRemoveFromTheDiskWhatIsTooOld() throws Exception {
        client.admin().createTopic(new NewTopic(topic, 1, 1, SMALL_SEGMENTS));
        publish(5_000);
        long before = diskBytes();

        Map<String, String> config = Map.of("retention.ms", "1s", "segment.ms", "1s");
        client.admin().setTopic(topic, config, List.of());

        awaitStart(1);
        awaitDisk(before / 4);
        Gap gap = gap();
        assertThat(gap.reason()).isEqualTo("EXPIRED");
        assertThat(gap.fromOffset()).isZero();
        broker.kill();
        broker.start();
        assertThat(partition().logStartOffset()).isGreaterThanOrEqualTo(gap.toOffset());
    }

    @Test
    void shouldTellASubscriberWhatWasTrimmed() throws Exception {
        client.admin().createTopic(new NewTopic(topic, 1, 1, SMALL_SEGMENTS));
        publish(5_000);
        long before = diskBytes();
        long start = partition().logEndOffset() - 100;

        client.admin().trimTopic(topic, List.of(), TrimPoint.offset(start));

        assertThat(gap()).isEqualTo(new Gap(new TopicPartition(topic, 0), 0, start, "TRIMMED"));
        awaitDisk(before / 4);
        broker.kill();
        broker.start();
        assertThat(gap().toOffset()).isEqualTo(start);
    }

    private void publish(int records) throws Exception {
        try (Load load = Load.start(client, topic, ledger, random, 200)) {
            load.awaitAcknowledged(records);
            load.stop();
        }
    }

    private static void take(Subscriber subscriber, List<Stored> received, int until) {
        await("records to come")
                .atMost(PATIENCE)
                .until(
                        () -> {
                            subscriber
                                    .poll(Duration.ofMillis(100))
                                    .forEach(record -> received.add(Everything.stored(record)));
                            return received.size() >= until;
                        });
    }

    /** The gap that a subscriber from the beginning meets. */
    private Gap gap() {
        AtomicReference<Gap> found = new AtomicReference<>();
        try (Subscriber subscriber =
                client.newSubscriber()
                        .partition(new TopicPartition(topic, 0), Position.offset(0))
                        .gapPolicy(GapPolicy.EARLIEST)
                        .onGap(gap -> found.compareAndSet(null, gap))
                        .open()) {
            await("a gap")
                    .atMost(PATIENCE)
                    .until(
                            () -> {
                                subscriber.poll(Duration.ofMillis(100));
                                return found.get() != null;
                            });
        }
        return found.get();
    }

    private PartitionInfo partition() {
        return client.admin().describeTopic(topic).partitions().get(0);
    }

    private void awaitStart(long atLeast) {
        await("the log start to move")
                .atMost(PATIENCE)
                .until(() -> partition().logStartOffset() >= atLeast);
    }

    private void awaitDisk(long atMostBytes) {
        await("the files to go")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(diskBytes()).isLessThanOrEqualTo(atMostBytes));
    }

    /** The lengths of the partition's files, those in the trash too. Files go while this looks. */
    private long diskBytes() {
        PartitionInfo partition = partition();
        String name = "partition-" + partition.partitionId();
        return allFiles(partitionsOf(partition.shard()).toFile())
                .filter(file -> file.getPath().contains(name))
                .mapToLong(File::length)
                .sum();
    }

    private static Stream<File> allFiles(File file) {
        File[] children = file.listFiles();
        return children == null
                ? Stream.of(file)
                : Stream.of(children).flatMap(RestartTest::allFiles);
    }

    private static Path partitionsOf(int shard) {
        return broker.dataDir().resolve("shards/" + shard + "/partitions");
    }
}
