package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.admin.TopicInfo;
import io.millrace.client.admin.TrimPoint;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.GapPolicy;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole broker in this process, over gRPC. */
final class BrokerTest {

    @TempDir private Path directory;
    private Broker broker;
    private MillraceClient client;

    @BeforeEach
    void start() throws IOException {
        open(Map.of());
    }

    private void open(Map<String, String> settings) throws IOException {
        Map<String, String> all =
                new HashMap<>(
                        Map.of(
                                "data-dir", directory.resolve("data").toString(),
                                "listen.client-port", "0",
                                "listen.peer-port", "0",
                                "listen.http-port", "0",
                                "wal.segment-bytes", "16MiB",
                                "wal.cap-bytes", "128MiB",
                                "stop-grace-ms", "5s"));
        all.putAll(settings);
        broker = Broker.start(BrokerConfig.of(all));
        client = MillraceClient.connect(broker.clientAddress());
    }

    @AfterEach
    void stop() {
        if (client != null) {
            client.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    private void restart(Map<String, String> settings) throws IOException {
        stop();
        open(settings);
    }

    @Test
    void shouldStoreRecordsAndHaveThemAfterARestart() throws IOException {
        client.admin().createTopic(new NewTopic("orders", 3));
        List<PublishedRecord> stored = publish("orders", 0, 500);
        assertThat(stored).extracting(PublishedRecord::offset).doesNotContain(-1L);

        restart(Map.of());
        publish("orders", 500, 600);

        Map<String, List<Integer>> byKey = new HashMap<>();
        for (ReceivedRecord record : readAll("orders", 600)) {
            byKey.computeIfAbsent(record.keyText(), key -> new ArrayList<>())
                    .add(Integer.parseInt(record.valueText()));
        }
        assertThat(byKey.values().stream().mapToInt(List::size).sum()).isEqualTo(600);
        assertThat(byKey).allSatisfy((key, values) -> assertThat(values).isSorted());
        assertThat(client.admin().listTopics())
                .extracting(TopicInfo::name)
                .containsExactly("orders");
    }

    @Test
    void shouldChangeTopicsAndRefuseWhatCannotBe() {
        client.admin().createTopic(new NewTopic("a", 2, 0, Map.of("retention.ms", "1h")));
        refused(ErrorCode.TOPIC_EXISTS, () -> client.admin().createTopic(new NewTopic("a", 1)));
        refused(
                ErrorCode.INVALID_TOPIC_NAME,
                () -> client.admin().plan().createTopic(new NewTopic("../a", 1)));
        refused(
                ErrorCode.INVALID_TOPIC_CONFIG,
                () -> client.admin().setTopic("a", Map.of("retention.m", "1"), List.of()));
        refused(ErrorCode.INVALID_PARTITION_COUNT, () -> client.admin().growTopic("a", 1));
        refused(ErrorCode.UNKNOWN_TOPIC, () -> client.admin().describeTopic("b"));

        client.admin().plan().growTopic("a", 5);
        assertThat(client.admin().describeTopic("a").partitions()).hasSize(2);
        client.admin().growTopic("a", 5);
        client.admin().setTopic("a", Map.of("max.batch.bytes", "2MiB"), List.of("retention.ms"));

        TopicDescription described = client.admin().describeTopic("a");
        assertThat(described.partitions()).hasSize(5);
        assertThat(described.topic().config()).containsOnlyKeys("max.batch.bytes");
        client.admin().deleteTopic("a");
        refused(ErrorCode.UNKNOWN_TOPIC, () -> client.admin().deleteTopic("a"));
        assertThat(client.admin().listTopics()).isEmpty();
    }

    @Test
    void shouldTrimAndTellReadersOfTheGap() {
        client.admin().createTopic(new NewTopic("t", 1));
        publish("t", 0, 10);
        client.admin().trimTopic("t", List.of(), TrimPoint.offset(4));

        refused(
                ErrorCode.OFFSET_OUT_OF_RANGE,
                () -> client.admin().trimTopic("t", List.of(), TrimPoint.offset(11)));
        assertThat(client.admin().findOffsets("t", List.of(0), Position.earliest()))
                .extracting(found -> found.offset())
                .containsExactly(4L);
        List<String> gaps = new ArrayList<>();
        try (Subscriber subscriber =
                client.newSubscriber()
                        .topic("t")
                        .from(Position.offset(1))
                        .gapPolicy(GapPolicy.EARLIEST)
                        .onGap(
                                gap ->
                                        gaps.add(
                                                gap.fromOffset()
                                                        + "-"
                                                        + gap.toOffset()
                                                        + " "
                                                        + gap.reason()))
                        .open()) {
            assertThat(subscriber.iterator().next().offset()).isEqualTo(4);
        }
        assertThat(gaps).hasSize(1);
        assertThat(gaps.get(0)).startsWith("1-4 ").containsIgnoringCase("trimmed");
    }

    @Test
    void shouldSendOnlyWhatAFilterTakes() throws Exception {
        client.admin().createTopic(new NewTopic("f", 1));
        publish("f", 0, 500);
        List<Integer> values = new ArrayList<>();
        try (Subscriber subscriber = filtered("key in ['key-3', 'key-4'] && key != 'key-16'")) {
            while (subscriber.positions().getOrDefault(new TopicPartition("f", 0), 0L) < 500) {
                for (ReceivedRecord record : subscriber.poll(Duration.ofMillis(100))) {
                    assertThat(record.offset()).isEqualTo(Integer.parseInt(record.valueText()));
                    values.add(Integer.parseInt(record.valueText()));
                }
            }
        }
        assertThat(values)
                .isEqualTo(
                        IntStream.range(0, 500)
                                .filter(i -> i % 17 == 3 || i % 17 == 4)
                                .boxed()
                                .toList());
        assertThat(get("/metrics"))
                .contains("millrace_subscribe_tested_records_total 500.0")
                .contains("millrace_subscribe_matched_records_total " + values.size() + ".0");

        try (Subscriber subscriber = filtered("key = 'key-3'")) {
            assertThatThrownBy(() -> subscriber.poll(Duration.ofSeconds(20)))
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                                assertThat(e.metadata()).containsEntry("field", "filter");
                            });
        }
    }

    private Subscriber filtered(String expression) {
        return client.newSubscriber()
                .topic("f")
                .from(Position.earliest())
                .filter(expression)
                .open();
    }

    @Test
    void shouldReportItselfHealthyAndMeasured() throws Exception {
        ClusterStatus status = client.admin().clusterStatus();
        assertThat(status.healthy()).isTrue();
        assertThat(status.shards()).hasSize(3);

        client.admin().createTopic(new NewTopic("m", 1));
        publish("m", 0, 5);
        assertThat(get("/readyz")).contains("\"ready\":true");
        assertThat(get("/metrics"))
                .contains("millrace_publish_records_total{topic=\"m\",} 5.0")
                .contains("millrace_wal_fsync_latency_seconds_count");
        assertThat(get("/healthz")).isNotEmpty();
    }

    @Test
    void shouldTellGrpcHealthChecksHowItIs() {
        ManagedChannel channel =
                Grpc.newChannelBuilder(broker.clientAddress(), InsecureChannelCredentials.create())
                        .build();
        try {
            assertThat(
                            HealthGrpc.newBlockingStub(channel)
                                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                                    .check(HealthCheckRequest.getDefaultInstance())
                                    .getStatus())
                    .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void shouldRefuseCallsOnMoreConnectionsThanAllowed() throws IOException {
        restart(Map.of("limits.connections", "1"));
        client.admin().listTopics();
        try (MillraceClient second =
                MillraceClient.builder()
                        .servers(broker.clientAddress())
                        .requestTimeout(Duration.ofSeconds(2))
                        .build()) {
            assertThatThrownBy(() -> second.admin().listTopics())
                    .isInstanceOf(MillraceException.class)
                    .hasMessageContaining("limits.connections");
        }
        client.admin().listTopics();
    }

    @Test
    void shouldRefuseASecondBrokerOnItsDirectoryAndPort() {
        assertThatThrownBy(
                        () ->
                                Broker.start(
                                        BrokerConfig.of(
                                                Map.of(
                                                        "data-dir",
                                                        directory.resolve("data").toString()))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use");
        String port = broker.clientAddress().replaceFirst(".*:", "");
        assertThatThrownBy(
                        () ->
                                Broker.start(
                                        BrokerConfig.of(
                                                Map.of(
                                                        "data-dir",
                                                        directory.resolve("other").toString(),
                                                        "listen.client-port",
                                                        port,
                                                        "wal.segment-bytes",
                                                        "16MiB",
                                                        "wal.cap-bytes",
                                                        "128MiB"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(port)
                .hasMessageContaining("--port");
    }

    @Test
    void shouldSayWhichReplicaIsLostAndWhatToDo() throws IOException {
        stop();
        client = null;
        broker = null;
        Files.delete(directory.resolve("data/shards/1/vote"));

        assertThatThrownBy(() -> open(Map.of()))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("shard 1")
                .hasMessageContaining("vote is missing")
                .hasMessageContaining("keep the data directory");
    }

    /** L2: publishes are refused while there is room for what frees space. */
    @Test
    void shouldRefusePublishesAndTakeDeletionsWhileTheDiskIsFull() throws IOException {
        client.admin().createTopic(new NewTopic("t", 1));
        publish("t", 0, 10);
        restart(Map.of("disk.reserve-bytes", "1TiB"));

        assertThat(readAll("t", 10)).hasSize(10);
        assertThatThrownBy(() -> publishOnce("t"))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("bytes free, so it takes no writes");
        client.admin().trimTopic("t", List.of(), TrimPoint.offset(4));
        client.admin().deleteTopic("t");
        assertThat(broker.fatal()).isNotDone();
    }

    private void publishOnce(String topic) {
        try (Publisher publisher = client.newPublisher().deadline(Duration.ofSeconds(1)).open()) {
            publisher.publish(OutgoingRecord.of(topic, "k", "v")).join();
        } catch (CompletionException e) {
            throw (MillraceException) e.getCause();
        }
    }

    /** What a replica cannot apply it must not skip; the process ends and tries again. */
    @Test
    void shouldEndWhenAPartitionLogCannotBeWritten() throws IOException {
        for (int shard = 1; shard <= 2; shard++) {
            for (int id = 0; id < 20; id++) {
                Files.writeString(
                        directory.resolve(
                                "data/shards/%d/partitions/partition-%d".formatted(shard, id)),
                        "in the way");
            }
        }
        client.admin().createTopic(new NewTopic("t", 1));
        try (Publisher publisher = client.newPublisher().deadline(Duration.ofSeconds(1)).open()) {
            publisher.publish(OutgoingRecord.of("t", "k", "v"));
            assertThat(broker.fatal().orTimeout(20, TimeUnit.SECONDS).join()).contains("failed");
        }
    }

    /** One rotten partition is no reason to stop, nor to hand out what was never published. */
    @Test
    void shouldTellSubscribersThatALogIsCorruptAndServeAllElse() throws IOException {
        client.admin().createTopic(new NewTopic("rotten", 1));
        publish("rotten", 0, 100);
        stop();
        client = null;
        broker = null;
        rotLastByteOfTheOnlyLog();
        open(Map.of());

        refused(ErrorCode.CORRUPT_LOG, () -> readAll("rotten", 101));

        client.admin().createTopic(new NewTopic("sound", 1));
        publish("sound", 0, 10);
        assertThat(readAll("sound", 10)).hasSize(10);
        assertThat(publish("rotten", 100, 110).get(0).offset()).isEqualTo(100);
        assertThat(broker.fatal()).isNotDone();
        assertThat(client.admin().clusterStatus().healthy()).isTrue();
    }

    private void rotLastByteOfTheOnlyLog() throws IOException {
        Path file;
        try (Stream<Path> files = Files.walk(directory.resolve("data/shards"))) {
            List<Path> logs = files.filter(path -> path.toString().endsWith(".cq4")).toList();
            assertThat(logs).hasSize(1);
            file = logs.get(0);
        }
        byte[] bytes = Files.readAllBytes(file);
        int last = bytes.length - 1;
        while (bytes[last] == 0) {
            last--;
        }
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(last);
            open.write(bytes[last] ^ 1);
        }
    }

    private List<PublishedRecord> publish(String topic, int from, int to) {
        List<CompletableFuture<PublishedRecord>> sends = new ArrayList<>();
        try (Publisher publisher = client.openPublisher()) {
            for (int i = from; i < to; i++) {
                sends.add(
                        publisher.publish(
                                OutgoingRecord.of(topic, "key-" + i % 17, Integer.toString(i))));
            }
            publisher.flush();
        }
        return sends.stream().map(CompletableFuture::join).toList();
    }

    private List<ReceivedRecord> readAll(String topic, int count) {
        List<ReceivedRecord> all = new ArrayList<>();
        try (Subscriber subscriber =
                client.newSubscriber().topic(topic).from(Position.earliest()).open()) {
            while (all.size() < count) {
                List<ReceivedRecord> some = subscriber.poll(Duration.ofSeconds(10));
                assertThat(some).as("after %d records", all.size()).isNotEmpty();
                all.addAll(some);
            }
        }
        return all;
    }

    private String get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + broker.httpPort() + path))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void refused(ErrorCode code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
