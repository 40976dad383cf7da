package io.millrace.broker.receiving;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.DeadLetterWish.Reason;
import io.millrace.broker.queue.QueueStatistics;
import io.millrace.broker.receiving.TestReceiver.Got;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.Settlement;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What becomes of deliveries, and what of it is durable. */
final class SettlingTest {

    private final QueueBroker broker = new QueueBroker();

    SettlingTest() throws IOException {}

    private QueueStatistics statistics() {
        return broker.queues.statistics(broker.key()).orElseThrow();
    }

    @Test
    void shouldAnswerAnAckWhenItIsDurable() {
        broker.append("");
        TestReceiver receiver = broker.receiver("m").start(10);
        Got got = receiver.one();
        broker.shard.hold();
        long number = receiver.ack(got);
        assertThat(receiver.answer(number)).isNull();
        broker.shard.release();
        broker.run();
        assertThat(receiver.isDone(number)).isTrue();
        assertThat(broker.progress().watermark()).isEqualTo(1);
        assertThat(broker.heard("acked")).isEqualTo(1);
    }

    @Test
    void shouldMakeDurableInOneEntryWhatSettlesMeanwhile() {
        for (int i = 0; i < 20; i++) {
            broker.append("");
        }
        TestReceiver receiver = broker.receiver("m").start(100);
        List<Got> all = receiver.take();
        broker.shard.hold();
        int before = broker.shard.proposed();
        all.forEach(receiver::ack);
        assertThat(broker.shard.proposed() - before).isEqualTo(Settlements.MAX_UNDER_WAY);
        broker.shard.release();
        broker.run();
        assertThat(broker.shard.proposed() - before).isEqualTo(Settlements.MAX_UNDER_WAY + 1);
        assertThat(broker.progress().watermark()).isEqualTo(20);
        assertThat(receiver.isDone(20)).isTrue();
    }

    @Test
    void shouldSayThatNobodyKnowsWhenItTakesTooLong() {
        broker.append("k", "k");
        TestReceiver receiver = broker.receiver("m").start(10);
        Got got = receiver.one();
        broker.shard.hold();
        long number = receiver.ack(got);
        broker.pass(29_900, receiver);
        assertThat(receiver.answer(number)).isNull();
        broker.pass(100, receiver);
        assertThat(receiver.refusal(number)).isEqualTo(ErrorReason.OUTCOME_UNKNOWN);
        broker.shard.release();
        broker.run();
        assertThat(receiver.offsets()).as("it was done after all").containsExactly(1L);
    }

    @Test
    void shouldTryAgainWhatWasNotAppliedOrIsUnknown() {
        broker.append("", "");
        TestReceiver receiver = broker.receiver("m").start(10);
        List<Got> got = receiver.take();
        broker.shard.setBusy(true);
        long busy = receiver.ack(got.get(0));
        broker.pass(500, receiver);
        assertThat(receiver.answer(busy)).isNull();
        broker.shard.setBusy(false);
        broker.pass(200, receiver);
        assertThat(receiver.isDone(busy)).isTrue();

        broker.shard.hold();
        long unknown = receiver.ack(got.get(1));
        broker.shard.forget();
        broker.run();
        broker.shard.release();
        broker.pass(100, receiver);
        assertThat(receiver.isDone(unknown)).isTrue();
        assertThat(broker.progress().watermark()).isEqualTo(2);
    }

    @Test
    void shouldKeepAcksOverAChangeOfLeadersAndDeliverTheRestAgain() {
        broker.append("", "", "");
        TestReceiver receiver = broker.receiver("m").start(10);
        List<Got> first = receiver.take();
        receiver.ack(first.get(1));
        broker.leader = 2;
        broker.register(2);
        broker.shard.resign(false);
        broker.run();
        assertThat(receiver.endReason()).isEqualTo(ErrorReason.NOT_LEADER);
        assertThat(receiver.last().getEnd().getError().getMetadataMap())
                .containsEntry("leader", "h2:7400");
        assertThat(broker.queues.statistics(broker.key())).isEmpty();

        broker.leader = 1;
        broker.shard.lead();
        TestReceiver next = broker.receiver("m").start(10);
        List<Got> again = next.take();
        assertThat(again).extracting(Got::offset).containsExactly(0L, 2L);
        assertThat(next.refusal(next.ack(first.get(0)))).isEqualTo(ErrorReason.DELIVERY_EXPIRED);
    }

    @Test
    void shouldDeliverAgainAfterTheDelayOfANack() {
        broker.append("k", "k", "x");
        TestReceiver receiver = broker.receiver("m").start(10);
        List<Got> got = receiver.take();
        long number = receiver.nack(got.get(0), 5_000);
        assertThat(receiver.isDone(number)).isTrue();
        broker.pass(4_900, receiver);
        assertThat(receiver.offsets()).isEmpty();
        broker.pass(100, receiver);
        Got again = receiver.one();
        assertThat(again.offset()).isZero();
        assertThat(again.count()).isEqualTo(2);
        assertThat(broker.heard("nacked")).isEqualTo(1);
    }

    @Test
    void shouldDeliverAtOnceWhatIsReturnedAndNotCountIt() {
        broker.append("k");
        TestReceiver receiver = broker.receiver("m").start(10);
        long number = receiver.settle(receiver.one(), Settlement.Fate.FATE_RETURN, 0);
        assertThat(receiver.isDone(number)).isTrue();
        assertThat(receiver.one().count()).isEqualTo(1);
    }

    @Test
    void shouldDeliverAgainWhenALeaseRunsOutAndRefuseTheLateAck() {
        broker.append("k");
        TestReceiver slow = broker.receiver("slow").start(1);
        TestReceiver other = broker.receiver("other").start(1);
        Got got = slow.one();
        broker.pass(30_000, slow, other);
        Got again = other.one();
        assertThat(again.count()).isEqualTo(2);
        assertThat(again.deliveryId()).isNotEqualTo(got.deliveryId());
        assertThat(slow.refusal(slow.ack(got))).isEqualTo(ErrorReason.DELIVERY_EXPIRED);
        assertThat(other.isDone(other.ack(again))).isTrue();
        assertThat(broker.heard("expired")).isEqualTo(1);
    }

    @Test
    void shouldKeepADeliveryThatIsExtended() {
        broker.append("k");
        TestReceiver receiver = broker.receiver("m").start(10);
        Got got = receiver.one();
        broker.pass(20_000, receiver);
        assertThat(receiver.isDone(receiver.extend(got, 60_000))).isTrue();
        broker.pass(50_000, receiver);
        assertThat(receiver.isDone(receiver.ack(got))).isTrue();
        assertThat(receiver.refusal(receiver.extend(got, 1_000)))
                .isEqualTo(ErrorReason.DELIVERY_EXPIRED);
    }

    @Test
    void shouldGiveUpAfterTheLastDeliveryAndGoOnBehind() throws IOException {
        broker.set(Map.of("max.deliveries", "2"));
        broker.append("k", "k");
        TestReceiver receiver = broker.receiver("m").start(10);
        receiver.nack(receiver.one(), 0);
        receiver.nack(receiver.one(), 0);
        assertThat(broker.deadLetters).hasSize(1);
        DeadLetter letter = broker.deadLetters.get(0);
        assertThat(letter.group().name()).isEqualTo("work");
        assertThat(letter.topic()).isEqualTo("t");
        assertThat(letter.wish().offset()).isZero();
        assertThat(letter.wish().deliveries()).isEqualTo(2);
        assertThat(letter.wish().reason()).isEqualTo(Reason.DELIVERED_TOO_OFTEN);
        assertThat(new String(letter.record().key())).isEqualTo("k");
        assertThat(receiver.offsets()).containsExactly(1L);
        assertThat(broker.progress().deadLettered()).isEqualTo(1);
        assertThat(broker.heard("givenUp")).isEqualTo(1);
    }

    @Test
    void shouldAnswerARejectWhenTheCopyIsDurableAndTryAgainUntilThen() {
        broker.append("k", "k");
        TestReceiver receiver = broker.receiver("m").start(10);
        broker.sinkFailure = MillraceException.of(ErrorCode.LEADER_UNAVAILABLE, "no leader");
        long number = receiver.settle(receiver.one(), Settlement.Fate.FATE_REJECT, 0);
        broker.pass(3_500, receiver);
        assertThat(receiver.answer(number)).isNull();
        assertThat(receiver.offsets()).as("its key waits").isEmpty();
        assertThat(broker.copies).as("each second").isEqualTo(4);
        assertThat(statistics().notCopied()).isZero();
        broker.sinkFailure = null;
        broker.pass(1_000, receiver);
        assertThat(receiver.isDone(number)).isTrue();
        assertThat(broker.deadLetters).hasSize(1);
        assertThat(broker.deadLetters.get(0).wish().reason()).isEqualTo(Reason.REJECTED);
        assertThat(receiver.offsets()).containsExactly(1L);
    }

    @Test
    void shouldTellOfADeadLetterThatCannotBeWrittenForLong() {
        broker.append("k");
        TestReceiver receiver = broker.receiver("m").start(10);
        broker.sinkFailure = MillraceException.of(ErrorCode.LEADER_UNAVAILABLE, "no leader");
        receiver.settle(receiver.one(), Settlement.Fate.FATE_REJECT, 0);
        broker.pass(3_900, receiver);
        assertThat(statistics().notCopied()).isZero();
        broker.pass(200, receiver);
        assertThat(statistics().notCopied()).isEqualTo(1);
        assertThat(statistics().notCopiedReason()).isEqualTo("LEADER_UNAVAILABLE: no leader");
        broker.pass(600_000, receiver);
        assertThat(broker.copies).as("at least each minute").isBetween(17, 20);
    }

    @Test
    void shouldHoldBackADeadLetterThatDoesNotFitAndTryAgainWhenResumed() {
        broker.append("k", "k", "x");
        TestReceiver receiver = broker.receiver("m").start(10);
        broker.sinkFailure =
                new CompletionException(
                        MillraceException.of(ErrorCode.BATCH_TOO_LARGE, "too large; raise it"));
        List<Got> got = receiver.take();
        receiver.settle(got.get(0), Settlement.Fate.FATE_REJECT, 0);
        receiver.ack(got.get(1));
        broker.append("k", "x");
        assertThat(receiver.offsets()).as("other keys go on").containsExactly(4L);
        assertThat(statistics().notCopiedOffset()).isZero();
        assertThat(statistics().notCopiedReason())
                .isEqualTo("BATCH_TOO_LARGE: too large; raise it");
        assertThat(broker.queues.readings()).extracting(QueueReading::notCopied).containsOnly(1);
        broker.pass(59_000, receiver);
        assertThat(broker.copies).as("it is in vain").isEqualTo(1);

        broker.sinkFailure = null;
        broker.queues.resume(broker.group().groupId());
        broker.run();
        assertThat(broker.deadLetters).hasSize(1);
        assertThat(statistics().notCopied()).isZero();
        assertThat(receiver.offsets()).contains(1L);
    }

    @Test
    void shouldStopWhenTooMuchIsGivenUpAndGoOnWhenResumed() {
        broker.set(Map.of("dead-letter.breaker.percent", "2"));
        broker.append("", "", "", "", "");
        TestReceiver receiver = broker.receiver("m").start(3);
        receiver.take().forEach(got -> receiver.settle(got, Settlement.Fate.FATE_REJECT, 0));
        receiver.credit(5);
        assertThat(receiver.offsets()).isEmpty();
        assertThat(statistics().breakerOpen()).isTrue();
        assertThat(broker.queues.readings()).extracting(QueueReading::breakersOpen).containsOnly(1);
        assertThat(broker.deadLetters).hasSize(2);

        assertThat(broker.queues.resume(broker.group().groupId())).isNotDone();
        broker.run();
        assertThat(broker.deadLetters).hasSize(3);
        assertThat(receiver.offsets()).containsExactly(3L, 4L);
        assertThat(statistics().breakerOpen()).isFalse();
    }

    @Test
    void shouldDeliverAtOnceWhatAMemberHasThatClosesItsSide() {
        broker.append("k", "");
        TestReceiver leaving = broker.receiver("leaving").start(10);
        List<Got> got = leaving.take();
        TestReceiver other = broker.receiver("other").start(10);
        broker.shard.hold();
        long number = leaving.ack(got.get(1));
        leaving.session.onHalfClosed();
        broker.run();
        assertThat(leaving.completed).as("it hears of its ack first").isFalse();
        broker.shard.release();
        broker.run();
        assertThat(leaving.isDone(number)).isTrue();
        assertThat(leaving.completed).isTrue();
        Got again = other.one();
        assertThat(again.offset()).isZero();
        assertThat(again.count()).isEqualTo(2);
    }

    @Test
    void shouldLetTheLeasesOfABrokenStreamRunOutAndTheMemberSettleOverAnother() {
        broker.append("k", "x");
        TestReceiver broken = broker.receiver("m").start(10);
        List<Got> got = broken.take();
        broken.session.onClosed();
        broker.pass(1_000);
        TestReceiver next = broker.receiver("m").start(10);
        assertThat(next.offsets()).isEmpty();
        assertThat(next.isDone(next.ack(got.get(0)))).isTrue();
        broker.pass(30_000, next);
        assertThat(next.offsets()).containsExactly(1L);
    }
}
