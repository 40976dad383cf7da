package io.millrace.client.subscribe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.fake.FakeSubscription;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SubscriberTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final TopicPartition T0 = new TopicPartition("t", 0);

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
    void shouldGiveAllRecordsInOrderAndThenWhatIsNew() {
        appendNumbers(0, 100, 7);
        try (Subscriber subscriber = earliest().maxPollRecords(10).open()) {
            List<ReceivedRecord> records = take(subscriber, 100);
            assertThat(values(records)).isEqualTo(numbers(0, 100));
            for (int i = 0; i < 100; i++) {
                assertThat(records.get(i).offset()).isEqualTo(i);
            }
            assertThat(subscriber.positions()).containsEntry(T0, 100L);
            appendNumbers(100, 105, 5);
            assertThat(values(take(subscriber, 5))).isEqualTo(numbers(100, 105));
            await().until(() -> subscriber.ranges().get(T0).endOffset() == 105);
        }
    }

    @Test
    void shouldStartInTheMiddleOfABatchAtATimeOrAtTheEnd() {
        appendNumbers(0, 20, 10);
        try (Subscriber s = client.newSubscriber().partition(T0, Position.offset(7)).open()) {
            assertThat(take(s, 13).get(0).valueText()).isEqualTo("7");
        }
        Instant second = Instant.ofEpochMilli(1_001);
        try (Subscriber s = client.newSubscriber().topic("t").from(Position.time(second)).open()) {
            assertThat(take(s, 10).get(0).valueText()).isEqualTo("10");
        }
        try (Subscriber s = client.newSubscriber().topic("t").open()) {
            await().until(() -> s.positions().containsKey(T0));
            appendNumbers(20, 21, 1);
            assertThat(values(take(s, 1))).containsExactly("20");
        }
    }

    @Test
    void shouldShowNeitherHolesNorDoublesOverBrokenStreams() throws Exception {
        try (Subscriber subscriber = earliest().prefetchRecords(50).open()) {
            List<String> values = new ArrayList<>();
            for (int round = 0; round < 20; round++) {
                appendNumbers(round * 100, round * 100 + 100, 9);
                if (round == 10) {
                    cluster.broker(1).stop();
                    cluster.broker(1).start();
                } else if (round % 3 == 0) {
                    cluster.broker(1).breakSubscriptions();
                } else if (round % 3 == 1) {
                    cluster.broker(1).subscriptions().forEach(FakeSubscription::skipOne);
                }
                values.addAll(values(subscriber.poll(Duration.ofMillis(5))));
            }
            values.addAll(values(take(subscriber, 2_000 - values.size())));
            assertThat(values).isEqualTo(numbers(0, 2_000));
        }
    }

    @Test
    void shouldOpenAnotherStreamWhenTheBrokerFallsSilent() {
        appendNumbers(0, 10, 10);
        try (Subscriber subscriber = earliest().open()) {
            take(subscriber, 10);
            cluster.broker(1).mute();
            appendNumbers(10, 20, 10);
            await().until(() -> cluster.broker(1).subscribeStreams() > 1);
            cluster.broker(1).unmute();
            assertThat(values(take(subscriber, 10))).isEqualTo(numbers(10, 20));
        }
    }

    @Test
    void shouldFollowALeaderThatMoves() throws Exception {
        try (FakeCluster three = new FakeCluster(3, 3);
                MillraceClient many = MillraceClient.connect(three.servers())) {
            three.createTopic("t", 6);
            try (Subscriber subscriber =
                    many.newSubscriber().topic("t").from(Position.earliest()).open()) {
                List<String> values = new ArrayList<>();
                for (int round = 0; round < 12; round++) {
                    for (int p = 0; p < 6; p++) {
                        three.append("t", p, round + "/" + p);
                    }
                    three.moveLeader(round % 3 + 1, round * 5 % 3 + 1, round % 2 == 0);
                    values.addAll(values(subscriber.poll(Duration.ofMillis(20))));
                }
                values.addAll(values(take(subscriber, 72 - values.size())));
                assertThat(values).doesNotHaveDuplicates().hasSize(72);
            }
        }
    }

    @Test
    void shouldFailAtAGapAndGoOnAfterASeek() {
        appendNumbers(0, 100, 10);
        try (Subscriber subscriber = earliest().maxPollRecords(5).prefetchRecords(1).open()) {
            take(subscriber, 5);
            cluster.partition("t", 0).trim(50, "EXPIRED");
            List<ReceivedRecord> before = new ArrayList<>();
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    before.addAll(subscriber.poll(LONG));
                                }
                            })
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
                                assertThat(e.metadata())
                                        .containsEntry("to", "50")
                                        .containsEntry("reason", "EXPIRED");
                            });
            long position = subscriber.positions().get(T0);
            assertThat(position).isEqualTo(5 + before.size()).isLessThan(50);
            assertThatThrownBy(() -> subscriber.poll(SHORT)).isInstanceOf(MillraceException.class);
            subscriber.seek(T0, Position.earliest());
            assertThat(values(take(subscriber, 50))).isEqualTo(numbers(50, 100));
        }
    }

    @Test
    void shouldMoveOnOverWhatItsFilterLeavesOutWithoutAGap() {
        appendNumbers(0, 60, 10);
        cluster.partition("t", 0).trim(50, "FILTERED");
        List<Gap> gaps = new ArrayList<>();
        try (Subscriber subscriber =
                client.newSubscriber()
                        .partition(T0, Position.offset(3))
                        .filter("key == 'a'")
                        .onGap(gaps::add)
                        .open()) {
            assertThat(values(take(subscriber, 10))).isEqualTo(numbers(50, 60));
            assertThat(cluster.lastSubscribe().getFilter()).isEqualTo("key == 'a'");

            // Nothing matches any more; the place is kept over a broken stream.
            appendNumbers(60, 100, 10);
            cluster.partition("t", 0).trim(100, "FILTERED");
            cluster.broker(1).breakSubscriptions();
            await().until(
                            () -> {
                                assertThat(subscriber.poll(Duration.ofMillis(5)))
                                        .allMatch(it -> it.offset() >= 60);
                                return subscriber.positions().get(T0) == 100;
                            });
            cluster.broker(1).breakSubscriptions();
            appendNumbers(100, 101, 1);
            assertThat(values(take(subscriber, 1))).containsExactly("100");
        }
        assertThat(gaps).isEmpty();
    }

    @Test
    void shouldTellOfGapsThatItStepsOver() {
        appendNumbers(0, 100, 10);
        cluster.partition("t", 0).trim(30, "TRIMMED");
        List<Gap> gaps = new ArrayList<>();
        try (Subscriber subscriber =
                client.newSubscriber()
                        .partition(T0, Position.offset(12))
                        .gapPolicy(GapPolicy.EARLIEST)
                        .onGap(gaps::add)
                        .open()) {
            assertThat(values(take(subscriber, 70))).isEqualTo(numbers(30, 100));
            assertThat(gaps).containsExactly(new Gap(T0, 12, 30, "TRIMMED"));
        }
        try (Subscriber subscriber =
                client.newSubscriber()
                        .partition(T0, Position.offset(12))
                        .gapPolicy(GapPolicy.LATEST)
                        .open()) {
            assertThat(subscriber.poll(SHORT)).isEmpty();
            appendNumbers(100, 101, 1);
            assertThat(values(take(subscriber, 1))).containsExactly("100");
        }
    }

    @Test
    void shouldNotAcceptAnOffsetAboveTheLogEnd() {
        try (Subscriber subscriber =
                client.newSubscriber().partition(T0, Position.offset(5)).open()) {
            assertThatThrownBy(() -> subscriber.poll(LONG))
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
        }
    }

    @Test
    void shouldSeekWithBatchesUnderWay() {
        appendNumbers(0, 1_000, 10);
        try (Subscriber subscriber = earliest().maxPollRecords(15).open()) {
            for (int round = 0; round < 30; round++) {
                int to = round * 31 % 900;
                take(subscriber, 15);
                subscriber.seek(T0, Position.offset(to));
                assertThat(subscriber.positions()).containsEntry(T0, (long) to);
                assertThat(values(take(subscriber, 15)).subList(0, 15))
                        .isEqualTo(numbers(to, to + 15));
            }
            assertThatThrownBy(() -> subscriber.seek(new TopicPartition("t", 1), Position.latest()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldTakeASeekOrPauseWhileAStreamWaitsToStart() {
        appendNumbers(0, 20, 10);
        try (Subscriber subscriber = earliest().open()) {
            take(subscriber, 20);
            cluster.broker(1).holdStarts();
            cluster.broker(1).breakSubscriptions();
            await().until(() -> cluster.broker(1).subscriptions().size() == 1);
            subscriber.seek(T0, Position.offset(5));
            subscriber.pause(List.of(T0));
            cluster.broker(1).letStart();
            assertThat(subscriber.poll(SHORT)).isEmpty();
            subscriber.resume(List.of(T0));
            assertThat(values(take(subscriber, 15))).isEqualTo(numbers(5, 20));
        }
    }

    @Test
    void shouldNotMoveTheEndThatItStartsAtWhenStreamsBreakOrAPauseComesFirst() {
        appendNumbers(0, 5, 5);
        cluster.broker(1).holdStarts();
        try (Subscriber subscriber = client.newSubscriber().topic("t").open()) {
            await().until(() -> cluster.broker(1).subscriptions().size() == 1);
            subscriber.pause(List.of(T0));
            cluster.broker(1).letStart();
            await().until(() -> subscriber.positions().containsKey(T0));
            appendNumbers(5, 10, 5);
            subscriber.resume(List.of(T0));
            assertThat(values(take(subscriber, 5))).isEqualTo(numbers(5, 10));

            subscriber.seek(T0, Position.latest());
            await().until(() -> subscriber.positions().getOrDefault(T0, -1L) == 10);
            cluster.broker(1).stop();
            appendNumbers(10, 15, 5);
            assertThatCode(() -> cluster.broker(1).start()).doesNotThrowAnyException();
            assertThat(values(take(subscriber, 5))).isEqualTo(numbers(10, 15));
        }
    }

    @Test
    void shouldGiveNothingOfAPausedPartitionAndLoseNothing() {
        cluster.createTopic("two", 2);
        TopicPartition paused = new TopicPartition("two", 0);
        try (Subscriber subscriber =
                client.newSubscriber()
                        .topic("two")
                        .from(Position.earliest())
                        .prefetchRecords(4)
                        .open()) {
            for (int i = 0; i < 40; i++) {
                cluster.append("two", i % 2, String.valueOf(i));
            }
            List<ReceivedRecord> records = new ArrayList<>(take(subscriber, 3));
            subscriber.pause(List.of(paused));
            int others = 20 - (int) records.stream().filter(r -> r.partition() == 1).count();
            List<ReceivedRecord> whilePaused = take(subscriber, others);
            assertThat(whilePaused).allMatch(r -> r.partition() == 1);
            assertThat(subscriber.poll(SHORT)).isEmpty();
            records.addAll(whilePaused);
            subscriber.resume(List.of(paused));
            records.addAll(take(subscriber, 40 - records.size()));
            assertThat(values(records)).doesNotHaveDuplicates().hasSize(40);
        }
    }

    @Test
    void shouldReadAheadNoMoreThanItsBound() {
        appendNumbers(0, 1_000, 10);
        try (Subscriber subscriber = earliest().prefetchRecords(40).maxPollRecords(1).open()) {
            take(subscriber, 1);
            FakeSubscription stream = cluster.broker(1).subscriptions().get(0);
            await().until(() -> stream.recordCredit() <= 0);
            assertThat(stream.recordCredit()).isGreaterThan(-10);
            cluster.broker(1).breakSubscriptions();
            await().until(() -> cluster.broker(1).subscriptions().size() == 1);
            FakeSubscription next = cluster.broker(1).subscriptions().get(0);
            assertThat(next.recordCredit()).isLessThanOrEqualTo(10);
            assertThat(values(take(subscriber, 999))).isEqualTo(numbers(1, 1_000));
        }
    }

    @Test
    void shouldFailWhenItsClientIsClosedUnderIt() {
        try (Subscriber subscriber = earliest().open()) {
            await().until(() -> subscriber.positions().containsKey(T0));
            client.close();
            assertThatThrownBy(() -> subscriber.poll(LONG)).isInstanceOf(MillraceException.class);
        }
    }

    @Test
    void shouldCallAHandlerUntilItIsClosed() {
        appendNumbers(0, 50, 10);
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        Subscriber subscriber = earliest().open();
        CompletableFuture<Void> end = subscriber.forEachAsync(r -> seen.add(r.valueText()));
        await().until(() -> seen.size() == 50);
        assertThat(end).isNotDone();
        assertThatThrownBy(subscriber::asFlow).isInstanceOf(IllegalStateException.class);
        subscriber.close();
        end.join();
        assertThat(seen).containsExactlyElementsOf(numbers(0, 50));
    }

    @Test
    void shouldEndWithWhatTheHandlerThrew() {
        appendNumbers(0, 50, 10);
        try (Subscriber subscriber = earliest().open()) {
            CompletableFuture<Void> end =
                    subscriber.forEachAsync(
                            r -> {
                                throw new IllegalArgumentException("no");
                            });
            assertThatThrownBy(end::join).hasRootCauseMessage("no");
        }
    }

    @Test
    void shouldSendNoMoreThanAFlowSubscriberRequests() {
        appendNumbers(0, 50, 10);
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        CompletableFuture<Void> completed = new CompletableFuture<>();
        Subscriber subscriber = earliest().open();
        subscriber
                .asFlow()
                .subscribe(
                        new Flow.Subscriber<>() {
                            @Override
                            public void onSubscribe(Flow.Subscription s) {
                                subscription.complete(s);
                            }

                            @Override
                            public void onNext(ReceivedRecord item) {
                                seen.add(item.valueText());
                            }

                            @Override
                            public void onError(Throwable failure) {
                                completed.completeExceptionally(failure);
                            }

                            @Override
                            public void onComplete() {
                                completed.complete(null);
                            }
                        });
        subscription.join().request(7);
        await().until(() -> seen.size() == 7);
        await().during(Duration.ofMillis(100)).until(() -> seen.size() == 7);
        subscription.join().request(Long.MAX_VALUE);
        await().until(() -> seen.size() == 50);
        subscriber.close();
        completed.join();
    }

    @Test
    void shouldNameATopicOrPartitionThatIsNotThere() {
        assertThatThrownBy(() -> client.newSubscriber().topic("nowhere").open())
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC));
        assertThatThrownBy(() -> client.newSubscriber().partition("t", 3).open())
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_PARTITION));
        assertThatThrownBy(() -> client.newSubscriber().open())
                .isInstanceOf(IllegalArgumentException.class);
    }

    private SubscriberBuilder earliest() {
        return client.newSubscriber().topic("t").from(Position.earliest());
    }

    private void appendNumbers(int from, int to, int perBatch) {
        for (int i = from; i < to; i += perBatch) {
            cluster.append("t", 0, numbers(i, Math.min(to, i + perBatch)).toArray(String[]::new));
        }
    }

    /** Exactly this many records, in polls. */
    private static List<ReceivedRecord> take(Subscriber subscriber, int count) {
        List<ReceivedRecord> records = new ArrayList<>();
        long deadline = System.nanoTime() + LONG.toNanos();
        while (records.size() < count && System.nanoTime() < deadline) {
            records.addAll(subscriber.poll(SHORT));
        }
        return records;
    }

    private static List<String> values(List<ReceivedRecord> records) {
        return records.stream().map(ReceivedRecord::valueText).toList();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }
}
