package io.millrace.client.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.client.fake.FakeCluster;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueueReceiverTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition T1 = new TopicPartition("t", 1);

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
    void shouldGiveEverythingOnceAndSettleItForGood() {
        brokers.append("t", 0, "a", "b");
        brokers.append("t", 1, "c");
        try (QueueReceiver receiver = scene.builder().build()) {
            List<Delivery> all = take(receiver, 3);
            assertThat(values(all)).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(all).allMatch(it -> it.deliveryCount() == 1);
            assertThat(receiver.assignment()).containsExactly(T0, T1);
            all.forEach(it -> it.ack().join());
            assertThat(brokers.queue().done(T0)).containsExactly(0L, 1L);
            assertThat(brokers.queue().done(T1)).containsExactly(0L);
            assertThat(receiver.receive(SHORT)).isEmpty();
            brokers.append("t", 1, "d");
            take(receiver, 1).get(0).ack().join();
            assertThat(brokers.queue().openedStreams()).isEqualTo(2);
        }
        assertThat(brokers.group().members()).isEmpty();
        assertThat(brokers.queue().streams()).isZero();
    }

    @Test
    void shouldPassOnWhatCameLater() {
        brokers.group().setLater(T1);
        brokers.append("t", 1, "a");
        try (QueueReceiver receiver = scene.builder().build()) {
            take(receiver, 1).get(0).ack().join();
        }
        assertThat(brokers.queue().log()).containsExactly("from first t/1", "ack t/1@0");
    }

    @Test
    void shouldGiveTheNextRecordOfAKeyWhenTheOneBeforeIsSettled() {
        brokers.appendKeyed("t", 0, "k", "k1");
        brokers.appendKeyed("t", 0, "k", "k2");
        brokers.appendKeyed("t", 0, "l", "l1");
        try (QueueReceiver receiver = scene.builder().build()) {
            List<Delivery> first = take(receiver, 2);
            assertThat(values(first)).containsExactlyInAnyOrder("k1", "l1");
            assertThat(receiver.receive(SHORT)).isEmpty();
            first.forEach(Delivery::ack);
            assertThat(values(take(receiver, 1))).containsExactly("k2");
        }
    }

    @Test
    void shouldDeliverAgainOrToTheDeadLettersAsItIsTold() {
        brokers.append("t", 0, "again", "never");
        try (QueueReceiver receiver = scene.builder().build()) {
            List<Delivery> first = take(receiver, 2);
            named(first, "again").nack(Duration.ZERO, "not yet").join();
            named(first, "never").reject("x".repeat(2_000)).join();
            Delivery second = take(receiver, 1).get(0);
            assertThat(second.record().valueText()).isEqualTo("again");
            assertThat(second.deliveryCount()).isEqualTo(2);
            assertThat(brokers.queue().log())
                    .contains("nack t/0@0 not yet", "reject t/0@1 " + "x".repeat(1_000));
            assertThat(brokers.queue().deadLetters()).containsExactly("t/0@1 " + "x".repeat(1_000));
            assertThatThrownBy(() -> second.nack(Duration.ofDays(2)))
                    .isInstanceOf(IllegalArgumentException.class);
            second.ack().join();
        }
    }

    @Test
    void shouldRefuseWhatComesTooLateOrTwice() {
        brokers.append("t", 0, "a");
        try (QueueReceiver receiver = scene.builder().build()) {
            Delivery late = take(receiver, 1).get(0);
            brokers.queue().expire(T0, 0);
            Delivery second = take(receiver, 1).get(0);
            assertThat(second.deliveryCount()).isEqualTo(2);
            assertExpired(() -> late.ack().join(), WriteOutcome.NOT_APPLIED);
            second.extend(Duration.ofMinutes(2)).join();
            second.ack().join();
            assertExpired(() -> second.ack().join(), WriteOutcome.NOT_APPLIED);
            assertExpired(() -> second.extend(LONG).join(), WriteOutcome.NOT_APPLIED);
            assertThat(brokers.queue().log()).containsExactly("extend t/0@0", "ack t/0@0");
        }
    }

    @Test
    void shouldSettleOverAnotherStreamWhenOneBreaks() {
        brokers.append("t", 0, "a", "b");
        try (QueueReceiver receiver = scene.builder().build()) {
            List<Delivery> both = take(receiver, 2);
            brokers.queue().breakStreams();
            both.get(0).ack().join();
            assertThat(brokers.queue().done(T0)).hasSize(1);

            // The answer is lost with the stream: whether it was heard nobody can tell.
            brokers.queue().withholdAnswers(true);
            CompletableFuture<Void> second = both.get(1).ack();
            await().until(() -> brokers.queue().done(T0).size() == 2);
            brokers.queue().breakStreams();
            brokers.queue().withholdAnswers(false);
            assertExpired(second::join, WriteOutcome.UNKNOWN);
        }
    }

    @Test
    void shouldFollowTheLeader() {
        brokers.append("t", 0, "a");
        try (QueueReceiver receiver = scene.builder().build()) {
            Delivery former = take(receiver, 1).get(0);
            for (int shard = 1; shard <= 2; shard++) {
                brokers.moveLeader(shard, 1, false);
            }
            // The new leader knows nothing of the lease of the former one.
            Delivery second = take(receiver, 1).get(0);
            assertThat(second.deliveryCount()).isEqualTo(2);
            assertExpired(() -> former.ack().join(), WriteOutcome.NOT_APPLIED);
            second.ack().join();
            brokers.append("t", 1, "b");
            take(receiver, 1).get(0).ack().join();
        }
    }

    @Test
    void shouldKeepItsDeliveriesOverALostStay() {
        brokers.append("t", 0, "a");
        try (QueueReceiver receiver = scene.builder().build()) {
            Delivery delivery = take(receiver, 1).get(0);
            brokers.group().expire(brokers.group().members().get(0));
            await().until(() -> brokers.group().joins().size() == 2);
            delivery.ack().join();
            assertThat(brokers.queue().done(T0)).containsExactly(0L);
            brokers.append("t", 0, "b");
            take(receiver, 1).get(0).ack().join();
        }
    }

    @Test
    void shouldGiveNothingWhileTheGroupIsPaused() {
        brokers.append("t", 0, "a", "b", "c");
        try (QueueReceiver receiver = scene.builder().maxRecords(1).prefetchRecords(8).build()) {
            Delivery first = take(receiver, 1).get(0);
            brokers.group().setPaused(true);
            for (int i = 0; i < 10; i++) {
                brokers.append("t", 0, "more " + i);
            }
            await().until(() -> receiver.receive(SHORT).isEmpty());
            first.ack().join();
            assertThat(receiver.receive(SHORT)).isEmpty();
            long leased = brokers.queue().leased();
            assertThat(leased).as("no credit").isLessThanOrEqualTo(8);
            brokers.group().setPaused(false);
            List<String> rest = new ArrayList<>();
            while (brokers.queue().done(T0).size() < 13) {
                settle(receiver, rest);
            }
            assertThat(rest).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldBoundWhatWaitsOverAllBrokers() {
        for (int i = 0; i < 200; i++) {
            brokers.append("t", i % 2, "v" + i);
        }
        try (QueueReceiver receiver = scene.builder().prefetchRecords(20).maxRecords(5).build()) {
            await().until(() -> brokers.queue().leased() == 20);
            assertThat(brokers.queue().recordCredit()).isZero();
            List<Delivery> all = new ArrayList<>();
            while (all.size() < 200) {
                for (Delivery delivery : receiver.receive(LONG)) {
                    all.add(delivery);
                    delivery.ack();
                }
                assertThat(brokers.queue().recordCredit()).isLessThanOrEqualTo(20);
            }
            assertThat(values(all)).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldGiveBackWhatWasNotReceivedWhenClosed() {
        brokers.append("t", 0, "a", "b", "c", "d", "e", "f", "g", "h");
        // Eight a broker: none is left that could come again meanwhile.
        QueueReceiver receiver = scene.builder().maxRecords(1).prefetchRecords(16).build();
        Delivery first = take(receiver, 1).get(0);
        await().until(() -> brokers.queue().leased() == 8);
        brokers.queue().withholdAnswers(true);
        CompletableFuture<Void> settled = first.ack();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(receiver::close);
        await().until(() -> brokers.queue().log().contains("ack t/0@0"));
        assertThat(receiver.receive(SHORT)).isEmpty();
        assertThat(closing).isNotDone();
        assertThat(settled).isNotDone();
        brokers.queue().withholdAnswers(false);
        closing.join();
        settled.join();
        assertThat(brokers.queue().log()).hasSize(8).contains("return t/0@1", "return t/0@7");
        assertThat(brokers.group().members()).isEmpty();
        try (QueueReceiver other = scene.builder().build()) {
            assertThat(take(other, 7)).allMatch(it -> it.deliveryCount() == 1);
        }
        assertThat(receiver.receive(LONG)).isEmpty();
    }

    @Test
    void shouldDeliverAgainAtOnceWhatWasReceivedAndNotSettledWhenClosed() {
        brokers.append("t", 0, "a");
        QueueReceiver receiver = scene.builder().build();
        Delivery delivery = take(receiver, 1).get(0);
        receiver.close();
        try (QueueReceiver other = scene.builder().build()) {
            assertThat(take(other, 1).get(0).deliveryCount()).isEqualTo(2);
        }
        assertThatThrownBy(() -> delivery.ack().join())
                .hasCauseInstanceOf(MillraceException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void shouldShareTheRecordsOfOnePartition() {
        try (QueueReceiver one = scene.builder().prefetchRecords(4).build();
                QueueReceiver two = scene.builder().prefetchRecords(4).build()) {
            await().until(() -> one.assignment().size() + two.assignment().size() == 4);
            await().until(() -> brokers.queue().streams() == 4);
            for (int i = 0; i < 40; i++) {
                brokers.append("t", 0, "v" + i);
            }
            List<String> byOne = new ArrayList<>();
            List<String> byTwo = new ArrayList<>();
            while (byOne.size() + byTwo.size() < 40) {
                settle(one, byOne);
                settle(two, byTwo);
            }
            assertThat(byOne).isNotEmpty().doesNotContainAnyElementsOf(byTwo);
            assertThat(byTwo).isNotEmpty();
        }
    }

    @Test
    void shouldSayWhyItCannotReceive() {
        brokers.group().setQueueMode(false);
        try (QueueReceiver receiver = scene.builder().build()) {
            assertThatThrownBy(() -> receiver.receive(LONG))
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_GROUP));
        }
    }

    @Test
    void shouldRefuseNamesThatNoGroupCanHave() {
        assertThatThrownBy(() -> scene.builder("günstig"))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_GROUP))
                .hasMessageContaining("position 1");
        assertThatThrownBy(() -> scene.builder("g").topics("a b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldReceiveFromTopicsThatComeLater() {
        try (QueueReceiver receiver = scene.builder().build()) {
            await().until(() -> receiver.assignment().size() == 2);
            for (int i = 0; i < 6; i++) {
                String topic = "later" + i;
                brokers.createTopic(topic, 2);
                brokers.group().follow(topic, 2);
                brokers.group().setPaused(false);
                brokers.append(topic, 0, topic);
                brokers.append(topic, 1, topic);
                take(receiver, 2).forEach(it -> it.ack().join());
            }
            assertThat(brokers.queue().streams()).as("joined again").isLessThan(14);
        }
    }

    @Test
    void shouldRenewWhatHasWaitedAndGiveBackWhatHasWaitedForLong() {
        brokers.queue().setLeaseMs(2_000);
        brokers.append("t", 0, "a", "b");
        try (QueueMember member = scene.member(1)) {
            member.start();
            await().until(() -> brokers.queue().leased() == 2);
            take(member, 1);
            scene.advance(Duration.ofMillis(700));
            assertThat(take(member, 1)).hasSize(1);
            await().until(() -> brokers.queue().log().contains("extend t/0@1"));
            brokers.append("t", 0, "c");
            await().until(() -> brokers.queue().leased() == 3);
            scene.advance(Duration.ofMillis(1_100));
            await().until(() -> brokers.queue().log().contains("return t/0@2"));
            assertThat(brokers.queue().log()).doesNotContain("extend t/0@0", "return t/0@0");
        }
    }

    private static void settle(QueueReceiver receiver, List<String> values) {
        for (Delivery delivery : receiver.receive(Duration.ofMillis(20))) {
            values.add(delivery.record().valueText());
            delivery.ack().join();
        }
    }

    private static void assertExpired(ThrowingCallable call, WriteOutcome outcome) {
        assertThatThrownBy(call)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.DELIVERY_EXPIRED);
                            assertThat(e.outcome()).isEqualTo(outcome);
                        });
    }

    private static List<Delivery> take(QueueReceiver receiver, int count) {
        List<Delivery> all = new ArrayList<>();
        await().until(
                        () -> {
                            all.addAll(receiver.receive(SHORT));
                            return all.size() >= count;
                        });
        assertThat(all).hasSize(count);
        return all;
    }

    private static Delivery named(List<Delivery> all, String value) {
        return all.stream().filter(it -> it.record().valueText().equals(value)).findFirst().get();
    }

    private static List<String> values(List<Delivery> all) {
        return all.stream().map(it -> it.record().valueText()).toList();
    }
}
