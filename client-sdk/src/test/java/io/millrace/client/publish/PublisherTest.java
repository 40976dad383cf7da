package io.millrace.client.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.MillraceClient;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.fake.Fault;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PublisherTest {
    private FakeCluster cluster;
    private MillraceClient client;

    @BeforeEach
    void open() throws Exception {
        cluster = new FakeCluster(1, 2);
        cluster.createTopic("t", 1);
        client = MillraceClient.connect(cluster.servers());
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void shouldStoreRecordsInOrderAndTellTheirOffsets() {
        try (Publisher publisher =
                client.newPublisher().batchBytes(2_000).compression(Compression.LZ4).open()) {
            List<CompletableFuture<PublishedRecord>> futures = publishAll(publisher, "t", 0, 5_000);
            publisher.flush();
            for (int i = 0; i < futures.size(); i++) {
                assertThat(futures.get(i)).isCompleted();
                assertThat(futures.get(i).join().offset()).isEqualTo(i);
                assertThat(futures.get(i).join().duplicate()).isFalse();
                assertThat(futures.get(i).join().durability()).isEqualTo(Durability.QUORUM_FSYNC);
            }
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 5_000));
        assertThat(cluster.broker(1).publishStreams()).isEqualTo(1);
    }

    @Test
    void shouldGoOnOverARestart() throws Exception {
        try (Publisher publisher = client.newPublisher().batchBytes(1_024).open()) {
            List<CompletableFuture<PublishedRecord>> futures = publishAll(publisher, "t", 0, 500);
            cluster.broker(1).stop();
            futures.addAll(publishAll(publisher, "t", 500, 1_000));
            cluster.broker(1).start();
            futures.addAll(publishAll(publisher, "t", 1_000, 1_500));
            all(futures).join();
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 1_500));
    }

    @Test
    void shouldFailOnlyTheBatchThatIsRefusedForGood() {
        AtomicInteger count = new AtomicInteger();
        cluster.setFaults(
                append ->
                        count.incrementAndGet() == 3
                                ? Fault.refuse(ErrorCode.CORRUPT_BATCH)
                                : Fault.NONE);
        List<CompletableFuture<PublishedRecord>> futures;
        try (Publisher publisher = client.newPublisher().batchBytes(1_024).open()) {
            futures = publishAll(publisher, "t", 0, 1_000);
        }
        List<String> stored = new ArrayList<>();
        for (int i = 0; i < futures.size(); i++) {
            if (futures.get(i).isCompletedExceptionally()) {
                assertThat(failure(futures.get(i)).code()).isEqualTo(ErrorCode.CORRUPT_BATCH);
                assertThat(failure(futures.get(i)).outcome()).isEqualTo(WriteOutcome.NOT_APPLIED);
            } else {
                assertThat(futures.get(i).join().offset()).isEqualTo(stored.size());
                stored.add(String.valueOf(i));
            }
        }
        assertThat(stored).hasSizeBetween(700, 999);
        assertThat(cluster.values("t", 0)).isEqualTo(stored);
        assertThat(cluster.partition("t", 0).producersSeen()).isEqualTo(1);
    }

    @Test
    void shouldSayUnknownWhenTheAnswerDoesNotComeAndGoOnUnderAnotherProducer() {
        cluster.setFaults(append -> Fault.SILENCE);
        try (Publisher publisher =
                client.newPublisher()
                        .linger(Duration.ZERO)
                        .deadline(Duration.ofSeconds(3))
                        .open()) {
            CompletableFuture<PublishedRecord> lost = publisher.publish(record("t", "lost"));
            MillraceException failure = failure(lost);
            assertThat(failure.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
            assertThat(failure.outcome()).isEqualTo(WriteOutcome.UNKNOWN);
            assertThat(failure.metadata()).containsEntry("order", "uncertain");

            cluster.setFaults(append -> Fault.NONE);
            assertThat(publisher.publish(record("t", "next")).join().offset()).isZero();
        }
        assertThat(cluster.values("t", 0)).containsExactly("next");
    }

    @Test
    void shouldGoOnUnderAnotherProducerWhenTheBrokerHasForgottenIt() {
        AtomicInteger count = new AtomicInteger();
        cluster.setFaults(
                append -> {
                    cluster.partition("t", 0).forgetProducers();
                    return count.incrementAndGet() == 2 ? Fault.BREAK_AFTER : Fault.NONE;
                });
        try (Publisher publisher = client.newPublisher().linger(Duration.ZERO).open()) {
            publisher.publish(record("t", "a")).join();
            // Refused as UNKNOWN_PRODUCER: certainly not applied, so a new producer id is safe.
            assertThat(publisher.publish(record("t", "b")).join().offset()).isEqualTo(1);
        }
        assertThat(cluster.values("t", 0)).containsExactly("a", "b");
    }

    @Test
    void shouldSayUnknownWhenTheBrokerHasForgottenAProducerWithABatchUnderWay() {
        AtomicInteger count = new AtomicInteger();
        cluster.setFaults(
                append -> {
                    int n = count.incrementAndGet();
                    if (n == 3) {
                        cluster.partition("t", 0).forgetProducers();
                    }
                    return n == 2 ? Fault.BREAK_AFTER : Fault.NONE;
                });
        try (Publisher publisher = client.newPublisher().linger(Duration.ZERO).open()) {
            publisher.publish(record("t", "a")).join();
            MillraceException failure = failure(publisher.publish(record("t", "b")));
            assertThat(failure.code()).isEqualTo(ErrorCode.UNKNOWN_PRODUCER);
            assertThat(failure.outcome()).isEqualTo(WriteOutcome.UNKNOWN);
            publisher.publish(record("t", "c")).join();
        }
        assertThat(cluster.values("t", 0)).containsExactly("a", "b", "c");
    }

    @Test
    void shouldBlockForMemoryAndThenFailClearly() {
        try (Publisher first = client.openPublisher()) {
            // So that the topic is known, and only the memory is waited for.
            first.publish(record("t", "x")).join();
        }
        AtomicInteger arrived = new AtomicInteger();
        cluster.setFaults(
                append -> {
                    arrived.incrementAndGet();
                    return Fault.SILENCE;
                });
        Publisher publisher =
                client.newPublisher().memoryBytes(1 << 20).maxBlock(Duration.ofMillis(50)).open();
        byte[] value = new byte[100_000];
        List<CompletableFuture<PublishedRecord>> futures = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            futures.add(publisher.publish(OutgoingRecord.to("t").value(value).build()));
        }
        assertThat(futures.stream().filter(CompletableFuture::isDone)).hasSize(2);
        MillraceException failure = failure(futures.get(11));
        assertThat(failure.code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(failure.outcome()).isEqualTo(WriteOutcome.NOT_APPLIED);
        assertThat(failure).hasMessageContaining("memoryBytes").hasMessageContaining("1048576");
        // Before it was sent its fate would be known.
        Awaitility.await().untilAsserted(() -> assertThat(arrived).hasPositiveValue());
        publisher.close(Duration.ofMillis(10));
        assertThat(failure(futures.get(0)).outcome()).isEqualTo(WriteOutcome.UNKNOWN);
    }

    @Test
    void shouldNameWhatIsWrongWithTopicPartitionOrSize() {
        cluster.createTopic("small", 2, 1_000);
        try (Publisher publisher = client.newPublisher().open()) {
            assertThat(failure(publisher.publish(record("nowhere", "x"))).code())
                    .isEqualTo(ErrorCode.UNKNOWN_TOPIC);
            assertThat(failure(publisher.publish(record("a/b", "x"))).code())
                    .isEqualTo(ErrorCode.INVALID_TOPIC_NAME);
            OutgoingRecord wrong = OutgoingRecord.to("t").partition(1).value("x").build();
            assertThat(failure(publisher.publish(wrong)).code())
                    .isEqualTo(ErrorCode.UNKNOWN_PARTITION);
            MillraceException large =
                    failure(
                            publisher.publish(
                                    OutgoingRecord.to("small").value(new byte[1_000]).build()));
            assertThat(large.code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
            assertThat(large.outcome()).isEqualTo(WriteOutcome.NOT_APPLIED);
            assertThat(large).hasMessageContaining("small takes 1000");
            assertThat(publisher.publish(record("small", "fits")).join().offset()).isZero();
        }
    }

    @Test
    void shouldNoticeATopicThatWasDeletedAndCreatedAnew() {
        try (Publisher publisher = client.newPublisher().linger(Duration.ZERO).open()) {
            publisher.publish(record("t", "old")).join();
            cluster.deleteTopic("t");
            cluster.createTopic("t", 3);
            CompletableFuture<PublishedRecord> first = publisher.publish(record("t", "new"));
            // It depends on which comes first, the map or the record; never is it the old topic.
            try {
                assertThat(first.join().offset()).isZero();
            } catch (CompletionException e) {
                assertThat(failure(first).code()).isEqualTo(ErrorCode.TOPIC_RECREATED);
            }
            org.awaitility.Awaitility.await().until(() -> publisher.partitionCount("t") == 3);
            publisher.publish(record("t", "newer")).join();
        }
    }

    @Test
    void shouldFollowTheLeader() throws Exception {
        try (FakeCluster three = new FakeCluster(3, 3);
                MillraceClient many = MillraceClient.connect(three.servers());
                Publisher publisher = many.newPublisher().batchBytes(1_024).open()) {
            three.createTopic("t", 6);
            List<CompletableFuture<PublishedRecord>> futures = new ArrayList<>();
            for (int round = 0; round < 30; round++) {
                three.moveLeader(round % 3 + 1, (round * 7) % 3 + 1, round % 2 == 0);
                for (int i = 0; i < 60; i++) {
                    int n = round * 60 + i;
                    futures.add(
                            publisher.publish(
                                    OutgoingRecord.to("t").partition(n % 6).value("" + n).build()));
                }
            }
            all(futures).join();
            for (int p = 0; p < 6; p++) {
                int partition = p;
                assertThat(three.values("t", p))
                        .isEqualTo(
                                IntStream.range(0, 1_800)
                                        .filter(n -> n % 6 == partition)
                                        .mapToObj(String::valueOf)
                                        .toList());
            }
        }
    }

    @Test
    void shouldUsePartitionsAlikeForRecordsWithoutAKeyAndOneForAKey() {
        cluster.createTopic("many", 4);
        try (Publisher publisher = client.newPublisher().batchBytes(1_024).open()) {
            publishAll(publisher, "many", 0, 5_000);
            for (int i = 0; i < 100; i++) {
                publisher.publish(OutgoingRecord.of("many", "key", "keyed"));
            }
            publisher.flush();
        }
        int keyed = 0;
        for (int p = 0; p < 4; p++) {
            List<String> values = cluster.values("many", p);
            assertThat(values.stream().filter(v -> !v.equals("keyed")).count()).isPositive();
            keyed += values.contains("keyed") ? 1 : 0;
        }
        assertThat(keyed).isEqualTo(1);
    }

    @Test
    void shouldTakeNothingAfterCloseAndFailWhatHasNoAnswer() {
        cluster.broker(1).mute();
        Publisher publisher = client.newPublisher().maxBlock(Duration.ofMillis(100)).open();
        MillraceException failure = failure(publisher.publish(record("t", "x")));
        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_READY);
        assertThat(failure.outcome()).isEqualTo(WriteOutcome.NOT_APPLIED);
        publisher.close(Duration.ZERO);
        publisher.close();
        assertThatThrownBy(() -> publisher.publish(record("t", "x")))
                .isInstanceOf(IllegalStateException.class);
    }

    static List<CompletableFuture<PublishedRecord>> publishAll(
            Publisher publisher, String topic, int from, int to) {
        List<CompletableFuture<PublishedRecord>> futures = new ArrayList<>();
        for (int i = from; i < to; i++) {
            futures.add(publisher.publish(record(topic, String.valueOf(i))));
        }
        return futures;
    }

    static CompletableFuture<Void> all(List<CompletableFuture<PublishedRecord>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }

    static MillraceException failure(CompletableFuture<?> future) {
        try {
            future.join();
            throw new AssertionError("it did not fail: " + future.join());
        } catch (CompletionException e) {
            return (MillraceException) e.getCause();
        }
    }

    private static OutgoingRecord record(String topic, String value) {
        return OutgoingRecord.to(topic).value(value).build();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }
}
