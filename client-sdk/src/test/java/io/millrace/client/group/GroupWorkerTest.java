package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupWorkerTest {
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final Duration MS = Duration.ofMillis(1);

    private final ConcurrentLinkedQueue<String> handled = new ConcurrentLinkedQueue<>();
    private FakeCluster brokers;
    private Cluster cluster;

    @BeforeEach
    void open() throws Exception {
        brokers = new FakeCluster(1, 1);
        brokers.createTopic("t", 1);
        brokers.group().follow("t", 1);
        cluster = brokers.connect();
    }

    @AfterEach
    void close() {
        cluster.close();
        brokers.close();
    }

    @Test
    void shouldKeepTheOrderOfEachKeyAndCommitEverything() {
        for (int i = 0; i < 300; i++) {
            brokers.appendKeyed("t", 0, "key-" + i % 7, String.valueOf(i));
        }
        Map<String, List<Integer>> byKey = new ConcurrentHashMap<>();
        RecordHandler handler =
                record -> {
                    byKey.computeIfAbsent(record.keyText(), key -> new ArrayList<>())
                            .add(Integer.parseInt(record.valueText()));
                    handled.add(record.valueText());
                };
        try (GroupWorker worker = earliest().handler(handler).concurrency(4).start()) {
            await().until(() -> handled.size() == 300);
            await().until(() -> brokers.group().committed(T0) == 300);
            assertThat(worker.assignment()).containsExactly(T0);
        }
        assertThat(byKey).hasSize(7);
        byKey.values().forEach(values -> assertThat(values).isSorted());
        assertThat(brokers.group().leaves()).isEqualTo(1);
    }

    @Test
    void shouldCommitOnlyBelowTheLowestRecordInWorkAndWaitForItWhenRevoked() {
        CountDownLatch slow = new CountDownLatch(1);
        // Keys that go to different lanes: found by what comes through.
        for (int i = 0; i < 8; i++) {
            brokers.appendKeyed("t", 0, i == 2 ? "slow" : "fast-" + i, "v" + i);
        }
        RecordHandler handler =
                record -> {
                    if (record.keyText().equals("slow")) {
                        slow.await();
                    }
                    handled.add(record.valueText());
                };
        try (GroupWorker worker = earliest().handler(handler).concurrency(64).start()) {
            await().until(() -> handled.size() >= 5);
            await().until(() -> brokers.group().committed(T0) == 2);
            String id = brokers.group().members().get(0);
            brokers.group().move(T0, "");
            await().until(() -> brokers.broker(1).subscriptions().isEmpty());
            brokers.appendKeyed("t", 0, "late", "late");
            assertThat(brokers.group().owner(T0)).isEqualTo(id);
            slow.countDown();
            await().until(() -> brokers.group().owner(T0).isEmpty());
            assertThat(brokers.group().committed(T0)).isBetween(3L, 8L);
            assertThat(handled).contains("v2").doesNotContain("late");
            assertThat(worker.ended()).isNotDone();
        }
    }

    @Test
    void shouldTryAgainThenSkipAndTell() {
        brokers.append("t", 0, "good", "bad", "better");
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<String> skipped = new CompletableFuture<>();
        RecordHandler handler =
                record -> {
                    if (record.valueText().equals("bad")) {
                        attempts.incrementAndGet();
                        throw new IOException("no");
                    }
                    handled.add(record.valueText());
                };
        try (GroupWorker worker =
                earliest()
                        .handler(handler)
                        .retry(3, MS, MS.multipliedBy(4))
                        .afterRetries(
                                ExhaustedRetries.skip(
                                        (record, why) ->
                                                skipped.complete(
                                                        record.valueText() + why.getMessage())))
                        .start()) {
            assertThat(skipped.join()).isEqualTo("badno");
            await().until(() -> brokers.group().committed(T0) == 3);
            assertThat(attempts).hasValue(4);
            assertThat(handled).containsExactly("good", "better");
            assertThat(worker.ended()).isNotDone();
        }
    }

    @Test
    void shouldLeaveTheGroupWhenARecordCannotBeProcessed() {
        brokers.append("t", 0, "good", "bad", "never");
        RecordHandler handler =
                record -> {
                    if (record.valueText().equals("bad")) {
                        throw new IllegalArgumentException("no");
                    }
                    handled.add(record.valueText());
                };
        GroupWorker worker = earliest().handler(handler).retry(1, MS, MS).start();
        assertThatThrownBy(() -> worker.ended().join())
                .hasRootCauseMessage("no")
                .hasMessageContaining("offset 1 of t/0");
        assertThat(brokers.group().members()).isEmpty();
        assertThat(brokers.group().committed(T0)).isEqualTo(1);
        assertThat(handled).containsExactly("good");
        worker.close();
    }

    @Test
    void shouldGiveNothingOfALostStayAfterThisProcessStoodStill() {
        AtomicLong stoodStill = new AtomicLong();
        LongSupplier clock = () -> System.nanoTime() + stoodStill.get();
        ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
        GroupOptions options =
                earliest()
                        .listener(
                                new AssignmentListener() {
                                    @Override
                                    public void onLost(Set<TopicPartition> partitions) {
                                        events.add("lost");
                                    }
                                })
                        .maxPollRecords(1)
                        .options();
        brokers.append("t", 0, "a", "b", "c");
        try (Member member = new Member(cluster, options, false, clock, new Random(1))) {
            member.start();
            take(member, events, "a");
            // "b" is there already; by the clock the lease has run out meanwhile.
            stoodStill.addAndGet(Duration.ofMinutes(1).toNanos());
            member.finishedAll();
            take(member, events, "a");
            assertThat(events).containsExactly("a", "lost", "a");
            assertThat(brokers.group().joins()).hasSize(2);
            assertThat(brokers.group().joins().get(1).getMemberEpoch()).isZero();
        }
    }

    private static void take(Member member, ConcurrentLinkedQueue<String> events, String value) {
        List<ReceivedRecord> records = new ArrayList<>();
        await().until(
                        () -> {
                            member.take(
                                    Duration.ofMillis(50),
                                    (stay, record) -> {
                                        records.add(record);
                                        events.add(record.valueText());
                                    });
                            return !records.isEmpty();
                        });
        assertThat(records).hasSize(1);
        assertThat(records.get(0).valueText()).isEqualTo(value);
    }

    private GroupSubscriberBuilder earliest() {
        return new GroupSubscriberBuilder(cluster, "g")
                .topics("t")
                .start(StartPolicy.EARLIEST)
                .autoCommit(Duration.ofMillis(50))
                .closeTimeout(Duration.ofSeconds(5));
    }
}
