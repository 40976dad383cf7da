package io.millrace.client.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.fake.Fault;
import io.millrace.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leaders die, hang, move and lie; users see a pause and nothing else. */
@Timeout(60)
class PublisherFailoverTest {
    private static final int SHARD = 1;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** What comes about within the patience has not been waited for. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private FakeCluster cluster;
    private MillraceClient client;

    @BeforeEach
    void open() throws Exception {
        cluster = new FakeCluster(3, 1);
        cluster.createTopic("t", 1);
        client = MillraceClient.connect(cluster.servers());
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void shouldSendWhatWasInFlightToTheNextLeader() {
        try (Publisher publisher =
                client.newPublisher().batchBytes(1_024).ackTimeout(LONG).open()) {
            List<CompletableFuture<PublishedRecord>> sent = publish(publisher, 0, 1_000);
            cluster.broker(2).stop();
            sent.addAll(publish(publisher, 1_000, 2_000));
            cluster.moveLeader(SHARD, 3, true);
            awaitStored(sent);
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 2_000));
        assertThat(cluster.partition("t", 0).producersSeen()).isEqualTo(1);
    }

    @Test
    void shouldAskOthersForItsProducerIdWhenTheLeaderDoesNotAnswer() {
        cluster.broker(2).withholdIds();
        try (MillraceClient hasty =
                        MillraceClient.builder()
                                .servers(cluster.servers())
                                .connectTimeout(Duration.ofMillis(200))
                                .build();
                Publisher publisher = hasty.openPublisher()) {
            awaitStored(publish(publisher, 0, 10));
            assertThat(cluster.broker(1).publishStreams() + cluster.broker(3).publishStreams())
                    .isPositive();
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 10));
        assertThat(cluster.partition("t", 0).producersSeen()).isEqualTo(1);
    }

    @Test
    void shouldWaitForProducerIdsWithoutHurryUntilTheControllerIsBack() {
        cluster.setRefusesIds(true);
        try (Publisher publisher = client.openPublisher()) {
            List<CompletableFuture<PublishedRecord>> sent = publish(publisher, 0, 10);
            Awaitility.await().until(() -> idsAskedFor() >= 6);
            assertThat(cluster.broker(1).publishStreams()).isPositive();
            assertThat(cluster.broker(3).publishStreams()).isPositive();
            assertThat(sent).noneMatch(CompletableFuture::isDone);
            cluster.setRefusesIds(false);
            awaitStored(sent);
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 10));
    }

    @Test
    void shouldFailARecordAtItsDeadlineWhenNobodyGivesAProducerId() {
        cluster.setRefusesIds(true);
        try (Publisher publisher =
                client.newPublisher().deadline(Duration.ofMillis(1_500)).open()) {
            CompletableFuture<PublishedRecord> sent = publish(publisher, 0, 1).get(0);
            assertThat(sent).failsWithin(PATIENCE);
            // Doubled waits, from 10 ms: some dozen attempts, not thousands.
            assertThat(idsAskedFor()).isLessThan(30);
        }
    }

    private int idsAskedFor() {
        return IntStream.rangeClosed(1, 3).map(node -> cluster.broker(node).publishStreams()).sum();
    }

    @Test
    void shouldFollowALeaderThatMovesTwiceWithoutAWord() {
        try (Publisher publisher =
                client.newPublisher().batchBytes(1_024).ackTimeout(LONG).open()) {
            List<CompletableFuture<PublishedRecord>> sent = publish(publisher, 0, 500);
            cluster.moveLeader(SHARD, 3, false);
            sent.addAll(publish(publisher, 500, 1_000));
            cluster.moveLeader(SHARD, 1, false);
            sent.addAll(publish(publisher, 1_000, 1_500));
            awaitStored(sent);
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 1_500));
    }

    @Test
    void shouldNotStayWithAHintToADeadBroker() {
        try (Publisher publisher = client.newPublisher().open()) {
            List<CompletableFuture<PublishedRecord>> sent = publish(publisher, 0, 10);
            cluster.broker(3).stop();
            cluster.moveLeader(SHARD, 3, false);
            sent.addAll(publish(publisher, 10, 20));
            Awaitility.await().during(Duration.ofMillis(300)).until(() -> true);
            cluster.moveLeader(SHARD, 1, true);
            awaitStored(sent);
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 20));
    }

    @Test
    void shouldLeaveALeaderThatHangsAsSoonAsAnotherOneIsKnown() {
        try (Publisher publisher =
                client.newPublisher().batchBytes(1_024).ackTimeout(LONG).open()) {
            awaitStored(publish(publisher, 0, 10));
            cluster.broker(2).mute();
            List<CompletableFuture<PublishedRecord>> sent = publish(publisher, 10, 1_000);
            cluster.moveLeader(SHARD, 3, true);
            awaitStored(sent);
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 1_000));
    }

    @Test
    void shouldSendAgainWhatALeaderLeavesWithoutAnswer() {
        AtomicInteger count = new AtomicInteger();
        cluster.setFaults(append -> count.incrementAndGet() == 2 ? Fault.SILENCE : Fault.NONE);
        try (Publisher publisher =
                client.newPublisher().batchBytes(1_024).ackTimeout(Duration.ofMillis(300)).open()) {
            awaitStored(publish(publisher, 0, 1_000));
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 1_000));
        assertThat(cluster.partition("t", 0).producersSeen()).isEqualTo(1);
    }

    @Test
    void shouldFailNothingWhenABrokerGoesAway() {
        try (Publisher publisher =
                client.newPublisher().batchBytes(1_024).ackTimeout(LONG).open()) {
            List<CompletableFuture<PublishedRecord>> sent = publish(publisher, 0, 500);
            awaitStored(sent);
            int streams = cluster.broker(2).publishStreams();
            cluster.broker(2).goAway(5_000);
            sent.addAll(publish(publisher, 500, 1_000));
            cluster.moveLeader(SHARD, 1, true);
            sent.addAll(publish(publisher, 1_000, 1_500));
            awaitStored(sent);
            assertThat(cluster.broker(2).publishStreams()).isEqualTo(streams);
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 1_500));
    }

    @Test
    void shouldNotBelieveABrokerThatDoesNotKnowTheTopicYet() {
        AtomicInteger count = new AtomicInteger();
        cluster.setFaults(
                append ->
                        count.incrementAndGet() < 4
                                ? Fault.refuse(ErrorCode.UNKNOWN_TOPIC)
                                : Fault.NONE);
        try (Publisher publisher = client.openPublisher()) {
            awaitStored(publish(publisher, 0, 10));
        }
        assertThat(cluster.values("t", 0)).isEqualTo(numbers(0, 10));
    }

    @Test
    void shouldWaitWithoutAnErrorWhileThereIsNoLeader() {
        for (ErrorCode code :
                List.of(
                        ErrorCode.LEADER_UNAVAILABLE,
                        ErrorCode.NOT_READY,
                        ErrorCode.DISK_FULL,
                        ErrorCode.WAL_FULL,
                        ErrorCode.OVERLOADED,
                        ErrorCode.OUTCOME_UNKNOWN)) {
            int before = cluster.values("t", 0).size();
            AtomicInteger count = new AtomicInteger();
            cluster.setFaults(
                    append -> count.incrementAndGet() < 6 ? Fault.refuse(code) : Fault.NONE);
            try (Publisher publisher = client.openPublisher()) {
                awaitStored(publish(publisher, 0, 3));
            }
            assertThat(cluster.values("t", 0)).as(code.name()).hasSize(before + 3);
        }
    }

    private static List<CompletableFuture<PublishedRecord>> publish(
            Publisher publisher, int from, int to) {
        List<CompletableFuture<PublishedRecord>> futures = new ArrayList<>();
        for (int i = from; i < to; i++) {
            futures.add(publisher.publish(OutgoingRecord.of("t", "k", String.valueOf(i))));
        }
        return futures;
    }

    private static void awaitStored(List<CompletableFuture<PublishedRecord>> futures) {
        assertThat(CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)))
                .succeedsWithin(PATIENCE);
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }
}
