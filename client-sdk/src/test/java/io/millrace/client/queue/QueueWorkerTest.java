package io.millrace.client.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.client.fake.FakeCluster;
import io.millrace.client.record.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueueWorkerTest {
    private static final Duration MS = Duration.ofMillis(1);
    private static final TopicPartition T0 = new TopicPartition("t", 0);

    private final ConcurrentLinkedQueue<String> handled = new ConcurrentLinkedQueue<>();
    private QueueScene scene;
    private FakeCluster brokers;

    @BeforeEach
    void open() throws Exception {
        scene = new QueueScene(2);
        brokers = scene.brokers();
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void shouldAcknowledgeWhatTheHandlerHasDone() {
        for (int i = 0; i < 50; i++) {
            brokers.append("t", i % 2, "v" + i);
        }
        DeliveryHandler handler = (record, count) -> handled.add(record.valueText());
        try (QueueWorker worker = scene.builder().handler(handler).concurrency(3).start()) {
            await().until(() -> brokers.queue().done(T0).size() == 25);
            await().until(() -> handled.size() == 50);
            assertThat(handled).doesNotHaveDuplicates();
            assertThat(worker.assignment()).hasSize(2);
            assertThat(worker.ended()).isNotDone();
        }
        assertThat(brokers.group().members()).isEmpty();
        assertThat(brokers.queue().log()).hasSize(50).allMatch(it -> it.startsWith("ack "));
    }

    @Test
    void shouldTryAgainWhatFailsAndGiveUpWhatIsRejected() {
        brokers.append("t", 0, "flaky", "poison", "good");
        DeliveryHandler handler =
                (record, count) -> {
                    String value = record.valueText();
                    if (value.equals("poison")) {
                        throw new RejectRecordException("cannot be read");
                    }
                    if (value.equals("flaky") && count < 3) {
                        throw new IllegalStateException("try " + count);
                    }
                    handled.add(value + " " + count);
                };
        try (QueueWorker worker = scene.builder().handler(handler).retryDelay(MS, MS).start()) {
            await().until(() -> brokers.queue().done(T0).size() == 3);
            assertThat(worker.ended()).isNotDone();
        }
        assertThat(handled).containsExactlyInAnyOrder("good 1", "flaky 3");
        assertThat(brokers.queue().deadLetters()).containsExactly("t/0@1 cannot be read");
        assertThat(brokers.queue().log())
                .contains(
                        "nack t/0@0 java.lang.IllegalStateException: try 1",
                        "nack t/0@0 java.lang.IllegalStateException: try 2");
    }

    @Test
    void shouldWorkOnSeveralRecordsAtATimeOnThreadsOfTheUsers() {
        brokers.append("t", 0, "a", "b", "c", "d");
        CountDownLatch together = new CountDownLatch(4);
        ConcurrentLinkedQueue<String> names = new ConcurrentLinkedQueue<>();
        DeliveryHandler handler =
                (record, count) -> {
                    names.add(Thread.currentThread().getName());
                    together.countDown();
                    together.await();
                };
        try (QueueWorker worker =
                scene.builder()
                        .handler(handler)
                        .concurrency(4)
                        .threads(task -> new Thread(task, "mine"))
                        .start()) {
            await().until(() -> brokers.queue().done(T0).size() == 4);
            assertThat(worker.ended()).isNotDone();
        }
        assertThat(names).containsOnly("mine");
    }

    @Test
    void shouldRenewTheLeaseWhileTheHandlerRuns() {
        brokers.append("t", 0, "slow");
        CountDownLatch slow = new CountDownLatch(1);
        DeliveryHandler handler = (record, count) -> slow.await();
        try (QueueWorker worker =
                scene.builder().deliveryLease(Duration.ofSeconds(1)).handler(handler).start()) {
            await().until(() -> brokers.queue().log().size() >= 4);
            assertThat(brokers.queue().log()).containsOnly("extend t/0@0");
            slow.countDown();
            await().until(() -> brokers.queue().log().contains("ack t/0@0"));
            assertThat(worker.ended()).isNotDone();
        }
    }

    @Test
    void shouldNotRenewTheLeaseForEver() {
        brokers.append("t", 0, "stuck");
        CountDownLatch stuck = new CountDownLatch(1);
        DeliveryHandler handler =
                (record, count) -> {
                    if (count == 1) {
                        stuck.await();
                    }
                };
        try (QueueWorker worker =
                scene.builder()
                        .deliveryLease(Duration.ofSeconds(1))
                        .handler(handler)
                        .maxProcessing(Duration.ofSeconds(1))
                        .concurrency(2)
                        .start()) {
            await().until(() -> brokers.queue().log().contains("ack t/0@0"));
            stuck.countDown();
            assertThat(worker.ended()).isNotDone();
        }
        assertThat(brokers.queue().done(T0)).containsExactly(0L);
    }

    @Test
    void shouldWaitForTheHandlerAndGiveTheRestBackWhenClosed() {
        brokers.append("t", 0, "a", "b", "c");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        DeliveryHandler handler =
                (record, count) -> {
                    begun.countDown();
                    go.await();
                    handled.add(record.valueText());
                };
        QueueWorker worker = scene.builder().handler(handler).start();
        await().until(() -> begun.getCount() == 0 && brokers.queue().leased() >= 2);
        Thread closing = new Thread(worker::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        go.countDown();
        await().until(() -> !closing.isAlive());
        worker.ended().join();
        assertThat(handled).hasSize(1);
        assertThat(brokers.queue().done(T0)).hasSize(1);
        assertThat(brokers.queue().leased()).isZero();
        assertThat(brokers.queue().log().stream().filter(it -> it.startsWith("return")))
                .isNotEmpty();
    }

    @Test
    void shouldLeaveTheGroupWhenItCannotGoOn() {
        brokers.append("t", 0, "bad");
        DeliveryHandler handler =
                (record, count) -> {
                    throw new LinkageError("no class");
                };
        QueueWorker worker =
                scene.builder()
                        .handler(handler)
                        .retryDelay(Duration.ofHours(1), Duration.ofHours(1))
                        .threads(QueueWorkerTest::quiet)
                        .start();
        assertThatThrownBy(() -> worker.ended().join())
                .hasRootCauseMessage("no class")
                .hasMessageContaining("offset 0 of t/0");
        assertThat(brokers.group().members()).isEmpty();
        assertThat(brokers.queue().log())
                .containsExactly("nack t/0@0 java.lang.LinkageError: no class");
        worker.close();
    }

    @Test
    void shouldWaitLongerWithEachDeliveryUpToABound() {
        long seed = 7;
        WorkTerms terms =
                new WorkTerms(
                        1,
                        Duration.ofSeconds(1),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        Thread::new,
                        new Random(seed));
        List<Integer> counts = IntStream.rangeClosed(1, 1_000).boxed().toList();
        for (int count : counts) {
            long step = count < 5 ? 100L << (count - 1) : 1_000;
            assertThat(terms.delay(count).toMillis())
                    .as("delivery %d, seed %d", count, seed)
                    .isBetween(step / 2, step);
        }
    }

    /** What is thrown on purpose is not for the log of the tests. */
    private static Thread quiet(Runnable task) {
        Thread thread = new Thread(task);
        thread.setUncaughtExceptionHandler((it, error) -> {});
        return thread;
    }
}
