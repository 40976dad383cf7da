package io.millrace.broker.receiving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.receiving.TestReceiver.Got;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Redrives among settlements, by the schedules that could lose one or make two of it. */
final class RedriveTest {

    private final QueueBroker broker = new QueueBroker();

    RedriveTest() throws IOException {}

    @Test
    void shouldDeliverRedrivenRecordsAgain() {
        broker.append("a", "b", "c");
        TestReceiver receiver = broker.receiver("m").start(10);
        receiver.take().forEach(receiver::ack);
        CompletableFuture<RedriveResult> redriven = redrive(1);
        assertThat(known(redriven).undone()).isEqualTo(OffsetSet.of(1));
        Got again = receiver.one();
        assertThat(again.offset()).isEqualTo(1);
        assertThat(again.count()).isEqualTo(1);
        receiver.ack(again);
        assertThat(broker.progress().redriven().isEmpty()).isTrue();
    }

    @Test
    void shouldKeepARedriveThoughASettlementBeforeItIsProposedAgain() {
        broker.append("k");
        TestReceiver receiver = broker.receiver("m").start(10);
        ackUnheard(receiver, receiver.one());
        assertThat(broker.progress().isDone(0)).isTrue();
        CompletableFuture<RedriveResult> redriven = redrive(0);
        broker.pass(100, receiver);
        assertThat(known(redriven).undone()).isEqualTo(OffsetSet.of(0));
        assertThat(broker.progress().isDone(0)).as("it is not done again").isFalse();
        assertThat(receiver.offsets()).containsExactly(0L);
        broker.shard.resign(false);
        broker.shard.lead();
        broker.run();
        assertThat(broker.receiver("next").start(10).offsets()).containsExactly(0L);
    }

    @Test
    void shouldNotTakeARefusalForTheFateOfAnEarlierAttempt() {
        broker.append("k");
        TestReceiver receiver = broker.receiver("m").start(10);
        ackUnheard(receiver, receiver.one());
        broker.shard.setBusy(true);
        CompletableFuture<RedriveResult> redriven = redrive(0);
        broker.pass(1_000, receiver);
        assertThat(redriven).isNotDone();
        broker.shard.setBusy(false);
        broker.pass(100, receiver);
        assertThat(known(redriven).undone()).isEqualTo(OffsetSet.of(0));
        broker.pass(1_000, receiver);
        assertThat(broker.progress().isDone(0)).isFalse();
        assertThat(receiver.offsets()).containsExactly(0L);
    }

    @Test
    void shouldDeliverAgainThoughNobodyHeardOfTheRedrive() {
        broker.append("k");
        TestReceiver receiver = broker.receiver("m").start(10);
        receiver.ack(receiver.one());
        broker.shard.hold();
        CompletableFuture<RedriveResult> redriven = redrive(0);
        broker.shard.forget(1);
        broker.shard.release();
        broker.run();
        assertRefused(redriven, ErrorCode.OUTCOME_UNKNOWN);
        broker.shard.setBusy(true);
        broker.pass(500, receiver);
        assertThat(receiver.offsets()).isEmpty();
        broker.shard.setBusy(false);
        broker.pass(100, receiver);
        assertThat(receiver.offsets()).containsExactly(0L);
    }

    @Test
    void shouldNotDeliverAgainWhatWasAckedAfterTheRedrive() {
        broker.append("k");
        TestReceiver receiver = broker.receiver("m").start(10);
        receiver.ack(receiver.one());
        broker.shard.resign(false);
        broker.queues.imageChanged(ClusterImage.EMPTY); // so that the queue is not taken up yet
        broker.shard.lead();
        broker.run();
        broker.holdsAnswers = true;
        CompletableFuture<RedriveResult> redriven = redrive(0);
        broker.holdsAnswers = false;
        broker.queues.imageChanged(broker.controller.images().current());
        TestReceiver next = broker.receiver("next").start(10);
        long number = next.ack(next.one());
        broker.tellAnswers();
        assertThat(known(redriven).undone()).isEqualTo(OffsetSet.of(0));
        assertThat(next.isDone(number)).isTrue();
        assertThat(next.offsets()).isEmpty();
        assertThat(broker.progress().watermark()).isEqualTo(1);
        assertThat(broker.progress().redriven().isEmpty()).isTrue();
    }

    @Test
    void shouldRefuseARedriveThatCannotBeginAndSettleOn() {
        broker.append("k", "x");
        TestReceiver receiver = broker.receiver("m").start(10);
        var got = receiver.take();
        ackUnheard(receiver, got.get(0));
        broker.shard.setBusy(true);
        CompletableFuture<RedriveResult> redriven = redrive(0);
        broker.pass(9_900, receiver);
        assertThat(redriven).isNotDone();
        broker.pass(100, receiver);
        assertRefused(redriven, ErrorCode.OVERLOADED);
        broker.shard.setBusy(false);
        long number = receiver.ack(got.get(1));
        broker.pass(200, receiver);
        assertThat(receiver.isDone(number)).isTrue();
        assertThat(broker.progress().watermark()).isEqualTo(2);
    }

    @Test
    void shouldTellThoseWhoWaitThatTheTermIsOver() {
        broker.append("k");
        TestReceiver receiver = broker.receiver("m").start(10);
        broker.shard.hold();
        receiver.ack(receiver.one());
        CompletableFuture<RedriveResult> redriven = redrive(0);
        broker.shard.resign(1);
        broker.run();
        assertRefused(redriven, ErrorCode.NOT_LEADER);
        assertThat(broker.progress().isDone(0)).isTrue();
    }

    /** As a redrive of all dead letters does it. */
    @Test
    void shouldRedriveMorePartitionsAtOnceThanAreProposedTogether() {
        TestReceiver receiver = acked(Redrives.MAX_UNDER_WAY + 6);
        broker.shard.hold();
        var redriven = redriveEach(Redrives.MAX_UNDER_WAY + 6);
        assertThat(broker.shard.held()).hasSize(Redrives.MAX_UNDER_WAY);
        broker.shard.applyHeld();
        broker.run();
        assertThat(broker.shard.held()).hasSize(6);
        broker.shard.release();
        broker.run();
        assertThat(redriven).allMatch(one -> known(one).undone().equals(OffsetSet.of(0)));
        assertThat(receiver.take())
                .extracting(Got::handle)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, Redrives.MAX_UNDER_WAY + 6).boxed().toList());
    }

    @Test
    void shouldRefuseARedriveWhenTooManyWait() {
        acked(1);
        broker.shard.hold();
        redriveEach(1);
        var redriven =
                IntStream.rangeClosed(0, Redrives.MAX_WAITING)
                        .mapToObj(i -> broker.queues.redrive(key(0), OffsetSet.of(0)))
                        .toList();
        broker.run();
        assertThat(redriven.subList(0, Redrives.MAX_WAITING)).noneMatch(CompletableFuture::isDone);
        assertRefused(redriven.get(Redrives.MAX_WAITING), ErrorCode.OVERLOADED);
    }

    /** The second is applied unheard, the third is lost; what is known of the first is not all. */
    @Test
    void shouldSettleNothingUntilItIsKnownOfAllWhatCameOfThem() {
        TestReceiver receiver = acked(3);
        broker.shard.hold();
        var redriven = redriveEach(3);
        broker.shard.applyNext();
        broker.run();
        broker.shard.forget(1);
        broker.run();
        assertThat(known(redriven.get(0)).undone()).isEqualTo(OffsetSet.of(0));
        assertRefused(redriven.get(1), ErrorCode.OUTCOME_UNKNOWN);
        assertRefused(redriven.get(2), ErrorCode.OUTCOME_UNKNOWN);
        Got again = receiver.one();
        assertThat(again.handle()).isZero();
        long number = receiver.ack(again);
        assertThat(broker.shard.held()).as("no settlement").isEmpty();

        broker.pass(100, receiver);
        assertThat(broker.shard.held()).as("the entry that changes nothing").hasSize(1);
        broker.pass(1_000, receiver);
        assertThat(broker.shard.held()).as("one at a time").hasSize(1);
        broker.shard.forget();
        broker.pass(100, receiver);
        assertThat(broker.shard.held()).as("once more").hasSize(1);
        assertThat(receiver.isDone(number)).isFalse();
        broker.shard.release();
        broker.run();

        assertThat(receiver.isDone(number)).isTrue();
        assertThat(receiver.one().handle()).isEqualTo(1);
        assertThat(broker.machine.queue(key(0)).isDone(0)).isTrue();
        assertThat(broker.machine.queue(key(1)).isDone(0)).isFalse();
        assertThat(broker.machine.queue(key(2)).isDone(0)).isTrue();
    }

    @Test
    void shouldSettleBetweenRedrivesThoughMoreWait() {
        TestReceiver receiver = acked(1 + Redrives.MAX_UNDER_WAY);
        broker.append("k");
        TestReceiver other = broker.receiver("other").start(10);
        Got got = other.one();
        broker.shard.hold();
        redriveEach(1 + Redrives.MAX_UNDER_WAY);
        long number = other.ack(got);
        broker.shard.applyHeld();
        broker.run();
        assertThat(broker.shard.held()).as("what was settled").hasSize(1);
        assertThat(receiver.take()).hasSize(Redrives.MAX_UNDER_WAY);
        broker.shard.applyNext();
        broker.run();
        assertThat(other.isDone(number)).isTrue();
        assertThat(broker.shard.held()).as("the redrive that waited").hasSize(1);
        broker.shard.release();
        broker.run();
        assertThat(receiver.take()).hasSize(1);
    }

    @Test
    void shouldRedriveBetweenSettlementsThoughMoreWait() {
        TestReceiver receiver = acked(1);
        for (int i = 0; i < 4; i++) {
            broker.append("");
        }
        TestReceiver other = broker.receiver("other").start(10);
        List<Got> all = other.take();
        broker.shard.hold();
        all.subList(0, 3).forEach(other::ack);
        assertThat(broker.shard.held()).hasSize(Settlements.MAX_UNDER_WAY);
        var redriven = redriveEach(1);
        broker.shard.applyNext();
        broker.run();
        long last = other.ack(all.get(3));
        assertThat(broker.shard.held()).as("no settlement is added").hasSize(1);
        broker.shard.applyNext();
        broker.run();
        broker.shard.applyNext();
        broker.run();
        assertThat(redriven.get(0)).as("it came next").isCompleted();
        assertThat(other.isDone(last)).isFalse();
        broker.shard.release();
        broker.run();
        assertThat(other.isDone(last)).isTrue();
        assertThat(receiver.take()).hasSize(1);
    }

    /** A record in each partition of a topic, which this member has got and acked. */
    private TestReceiver acked(int partitions) {
        broker.create("w", partitions);
        broker.run();
        TestReceiver receiver = broker.receiver("m");
        receiver.start(
                receiver.startOf(
                                IntStream.range(0, partitions)
                                        .mapToObj(partition -> "w/" + partition)
                                        .toArray(String[]::new))
                        .setInitialCredit(TestReceiver.creditOf(1_000, 1 << 20)));
        for (int partition = 0; partition < partitions; partition++) {
            broker.append(
                    broker.partition("w", partition).log(),
                    Compression.NONE,
                    List.of(QueueBroker.record("", "v")));
        }
        List<Got> all = receiver.take();
        assertThat(all).hasSize(partitions);
        all.forEach(receiver::ack);
        return receiver;
    }

    private QueueKey key(int partition) {
        return new QueueKey(
                broker.partition("w", partition).partitionId(), broker.group().groupId());
    }

    private List<CompletableFuture<RedriveResult>> redriveEach(int partitions) {
        var redriven =
                IntStream.range(0, partitions)
                        .mapToObj(
                                partition -> broker.queues.redrive(key(partition), OffsetSet.of(0)))
                        .toList();
        broker.run();
        return redriven;
    }

    private CompletableFuture<RedriveResult> redrive(long offset) {
        var redriven = broker.queues.redrive(broker.key(), OffsetSet.of(offset));
        broker.run();
        return redriven;
    }

    /** The ack is applied, and the leader does not hear of it. */
    private void ackUnheard(TestReceiver receiver, Got got) {
        broker.shard.hold();
        receiver.ack(got);
        broker.shard.forget(1);
        broker.shard.release();
        broker.run();
    }

    /** What is not known now never will be: nothing runs meanwhile. */
    private static RedriveResult known(CompletableFuture<RedriveResult> future) {
        assertThat(future).isDone();
        return future.join();
    }

    private static void assertRefused(CompletableFuture<?> future, ErrorCode code) {
        assertThat(future).isDone();
        assertThatThrownBy(future::join)
                .hasCauseInstanceOf(MillraceException.class)
                .satisfies(
                        e -> assertThat(((MillraceException) e.getCause()).code()).isEqualTo(code));
    }
}
