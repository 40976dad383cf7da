package io.millrace.broker.receiving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.receiving.TestReceiver.Got;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
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
        assertThat(redriven.join().undone()).isEqualTo(OffsetSet.of(1));
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
        assertThat(redriven.join().undone()).isEqualTo(OffsetSet.of(0));
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
        assertThat(redriven.join().undone()).isEqualTo(OffsetSet.of(0));
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
        assertThat(redriven.join().undone()).isEqualTo(OffsetSet.of(0));
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

    private static void assertRefused(CompletableFuture<?> future, ErrorCode code) {
        assertThatThrownBy(future::join)
                .hasCauseInstanceOf(MillraceException.class)
                .satisfies(
                        e -> assertThat(((MillraceException) e.getCause()).code()).isEqualTo(code));
    }
}
