package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class QueueDispatcherTest {

    private final LedQueue queue = new LedQueue();

    @Test
    void shouldHandOutBeyondTheNumberOfPartitionsAndRaiseTheWatermark() {
        queue.lead().append(0, 0, 0, 0).member("a", 1).member("b", 3);
        List<RecordDelivery> deliveries = queue.turn();
        assertThat(deliveries).extracting(RecordDelivery::offset).containsExactly(0L, 1L, 2L, 3L);
        assertThat(deliveries).extracting(RecordDelivery::deliveries).containsOnly(1);
        assertThat(queue.ack(deliveries.get(2))).isEqualTo(SettleOutcome.PENDING);
        assertThat(queue.tokens).isEmpty();
        queue.settle();
        assertThat(queue.tokens).containsExactly(77L);
        assertThat(queue.progress().watermark()).isZero();
        deliveries.forEach(queue::ack);
        queue.settle();
        assertThat(queue.progress()).isEqualTo(QueueProgress.startingAt(4));
        assertThat(queue.ack(deliveries.get(0))).isEqualTo(SettleOutcome.EXPIRED);
    }

    @Test
    void shouldKeepTheOrderOfAKeyAndLetOthersGoOn() {
        queue.lead().append(5, 5, 6, 0, 5).member("a", 10);
        List<RecordDelivery> first = queue.turn();
        assertThat(first).extracting(RecordDelivery::offset).containsExactly(0L, 2L, 3L);
        assertThat(queue.dispatcher.statistics().waiting()).isEqualTo(2);
        assertThat(queue.dispatcher.statistics().blockedKeys()).isEqualTo(1);
        queue.ack(first.get(0));
        assertThat(queue.dispatcher.dispatch(10)).as("not durable yet").isEmpty();
        assertThat(queue.offsets()).containsExactly(1L);
    }

    @Test
    void shouldBlockTheKeyOfAParkedRecordUntilItIsDue() {
        queue.lead().append(5, 5, 6).member("a", 10);
        List<RecordDelivery> first = queue.turn();
        queue.nack(first.get(0), 60_000);
        queue.ack(first.get(1));
        assertThat(queue.turn()).isEmpty();
        assertThat(queue.progress().marks().find(0))
                .isEqualTo(new DeliveryMark(0, 1, queue.nowMs + 60_000));
        assertThat(queue.dispatcher.statistics().parked()).isEqualTo(1);
        queue.pass(59_999);
        assertThat(queue.turn()).isEmpty();
        queue.pass(1);
        List<RecordDelivery> again = queue.turn();
        assertThat(again).extracting(RecordDelivery::offset).containsExactly(0L);
        assertThat(again.get(0).deliveries()).isEqualTo(2);
    }

    @Test
    void shouldNotLetADeferredRecordBlockItsKey() {
        queue.lead().appendFor(5, queue.nowMs + 5_000).append(5, 5).member("a", 10);
        List<RecordDelivery> first = queue.turn();
        assertThat(first).extracting(RecordDelivery::offset).containsExactly(1L);
        queue.pass(5_000);
        assertThat(queue.turn()).as("its key is in delivery").isEmpty();
        queue.ack(first.get(0));
        assertThat(queue.offsets()).as("before later ones").containsExactly(0L);
    }

    @Test
    void shouldDeliverAgainWhatIsNotSettledInTime() {
        queue.lead().append(5, 5).member("a", 1).member("b", 0);
        RecordDelivery first = queue.turn().get(0);
        queue.pass(20_000);
        assertThat(queue.dispatcher.extend("a", 0, first.deliveryId(), 15_000)).isTrue();
        assertThat(queue.dispatcher.extend("b", 0, first.deliveryId(), 15_000)).isFalse();
        queue.pass(14_999);
        queue.member("b", 1);
        assertThat(queue.turn()).isEmpty();
        queue.pass(1);
        RecordDelivery second = queue.turn().get(0);
        assertThat(second.offset()).isZero();
        assertThat(second.deliveries()).isEqualTo(2);
        assertThat(queue.ack(first)).isEqualTo(SettleOutcome.EXPIRED);
        assertThat(queue.dispatcher.extend("a", 0, first.deliveryId(), 15_000)).isFalse();
        QueueStatistics statistics = queue.dispatcher.statistics();
        assertThat(statistics.mostExpiredOffset()).isZero();
        assertThat(statistics.mostExpiredCount()).isEqualTo(1);
        assertThat(queue.ack(second)).isEqualTo(SettleOutcome.PENDING);
        queue.settle();
        assertThat(queue.dispatcher.statistics().mostExpiredOffset()).isEqualTo(-1);
    }

    @Test
    void shouldCountAPauseOfTheLeaderAsOneTick() {
        queue.lead().append(0).member("a", 1);
        RecordDelivery delivery = queue.turn().get(0);
        queue.nowMs += 100_000;
        queue.dispatcher.tick(queue.nowMs, queue.nowMs);
        assertThat(queue.ack(delivery)).isEqualTo(SettleOutcome.PENDING);
    }

    @Test
    void shouldNotHandOutAgainBeforeTheDeliveryIsCounted() {
        queue.lead().append(0).member("a", 5);
        queue.nack(queue.turn().get(0), 0);
        assertThat(queue.dispatcher.dispatch(5)).isEmpty();
        QueueChange change = queue.dispatcher.drain();
        queue.dispatcher.notApplied(change.id());
        assertThat(queue.dispatcher.drain()).as("not at once").isNull();
        assertThat(queue.dispatcher.dispatch(5)).isEmpty();
        queue.pass(QueueDispatcher.RETRY_MS);
        assertThat(queue.turn().get(0).deliveries()).isEqualTo(2);
    }

    @Test
    void shouldReturnWithoutCounting() {
        queue.lead().append(0).member("a", 5);
        RecordDelivery first = queue.turn().get(0);
        assertThat(queue.say(first, new DeliveryFate.Return())).isEqualTo(SettleOutcome.DONE);
        RecordDelivery second = queue.turn().get(0);
        assertThat(second.deliveries()).isEqualTo(1);
        assertThat(second.deliveryId()).isNotEqualTo(first.deliveryId());
        assertThat(queue.ack(first)).isEqualTo(SettleOutcome.EXPIRED);
    }

    @Test
    void shouldGiveUpAfterAllDeliveriesAndSettleOnlyAfterTheCopy() {
        queue.settings(100, 2, 100).lead().append(5, 5).member("a", 5);
        queue.nack(queue.turn().get(0), 0);
        queue.nack(queue.turn().get(0), 9_000);
        settleChangesOnly();
        assertThat(queue.tokens).hasSize(2);
        List<DeadLetterWish> wishes = queue.dispatcher.giveUps(9);
        assertThat(wishes)
                .containsExactly(
                        new DeadLetterWish(
                                0, DeadLetterWish.Reason.DELIVERED_TOO_OFTEN, 2, "no", 0));
        assertThat(queue.dispatcher.giveUps(9)).as("each once").isEmpty();
        queue.dispatcher.copyFailed(0, queue.nowMs + 3_000, "");
        assertThat(queue.dispatcher.giveUps(9)).isEmpty();
        queue.pass(3_000);
        assertThat(queue.dispatcher.giveUps(9)).hasSize(1);
        assertThat(queue.turn()).as("the key waits for the copy").isEmpty();
        assertThat(queue.progress().watermark()).isZero();
        queue.dispatcher.copied(0);
        assertThat(queue.offsets()).containsExactly(1L);
        assertThat(queue.progress().watermark()).isEqualTo(1);
        assertThat(queue.progress().deadLettered()).isEqualTo(1);
        assertThatThrownBy(() -> queue.dispatcher.copied(0)).hasMessageContaining("asked for");
    }

    @Test
    void shouldTellWhatCannotBeCopiedAndLetOtherKeysGoOn() {
        queue.lead().append(5, 5, 6).member("a", 5);
        queue.say(queue.turn().get(0), new DeliveryFate.Reject("bad"));
        assertThat(queue.dispatcher.giveUps(9)).hasSize(1);
        queue.dispatcher.copyFailed(0, queue.nowMs + 60_000, "");
        assertThat(queue.dispatcher.statistics().notCopied()).as("too early to tell").isZero();
        queue.pass(60_000);
        assertThat(queue.dispatcher.giveUps(9).get(0).attempts()).isEqualTo(1);
        queue.dispatcher.copyFailed(0, queue.nowMs + 60_000, "it is too large");
        QueueStatistics statistics = queue.dispatcher.statistics();
        assertThat(statistics.notCopied()).isEqualTo(1);
        assertThat(statistics.notCopiedOffset()).isZero();
        assertThat(statistics.notCopiedReason()).isEqualTo("it is too large");
        queue.append(6, 7);
        assertThat(queue.offsets()).contains(4L).doesNotContain(1L);

        queue.dispatcher.resume();
        assertThat(queue.dispatcher.giveUps(9)).as("at once").hasSize(1);
        queue.dispatcher.copied(0);
        assertThat(queue.dispatcher.statistics().notCopied()).isZero();
        assertThat(queue.offsets()).contains(1L);
    }

    @Test
    void shouldForgetWhatCouldNotBeCopiedWhenItIsGone() {
        queue.lead().append(5, 5).member("a", 5);
        queue.say(queue.turn().get(0), new DeliveryFate.Reject("bad"));
        queue.dispatcher.giveUps(9);
        queue.dispatcher.copyFailed(0, queue.nowMs + 60_000, "it is too large");
        queue.dispatcher.skip(0, 1);
        assertThat(queue.offsets()).containsExactly(1L);
        assertThat(queue.dispatcher.statistics().notCopied()).isZero();
        queue.dispatcher.resume();
        assertThat(queue.dispatcher.giveUps(9)).isEmpty();
    }

    @Test
    void shouldSayWhatIsBeingCopiedUntilItIsSettled() {
        OffsetSet all = OffsetSet.of(0, 1, 7);
        queue.lead().append(5, 6).member("a", 5);
        List<RecordDelivery> deliveries = queue.turn();
        queue.say(deliveries.get(0), new DeliveryFate.Reject("bad"));
        queue.ack(deliveries.get(1));
        assertThat(queue.dispatcher.givingUp(all).isEmpty()).as("not copied yet").isTrue();
        queue.dispatcher.giveUps(9);
        assertThat(queue.dispatcher.givingUp(all)).isEqualTo(OffsetSet.of(0));
        queue.dispatcher.copied(0);
        assertThat(queue.dispatcher.givingUp(all)).isEqualTo(OffsetSet.of(0));
        settleChangesOnly();
        assertThat(queue.dispatcher.givingUp(all).isEmpty()).isTrue();
    }

    @Test
    void shouldAnswerARejectWhenTheRecordIsSettled() {
        queue.lead().append(0).member("a", 1);
        RecordDelivery delivery = queue.turn().get(0);
        assertThat(queue.say(delivery, new DeliveryFate.Reject("bad date")))
                .isEqualTo(SettleOutcome.PENDING);
        settleChangesOnly();
        assertThat(queue.tokens).isEmpty();
        queue.settle();
        assertThat(queue.tokens).containsExactly(77L);
        assertThat(queue.deadLetters)
                .containsExactly(
                        new DeadLetterWish(0, DeadLetterWish.Reason.REJECTED, 1, "bad date", 0));
    }

    @Test
    void shouldStopAFloodOfDeadLetters() {
        queue.settings(1_000, 1, 20).lead().member("a", 1_000);
        queue.append(LongStream.range(0, 150).map(i -> 0).toArray());
        List<RecordDelivery> all = queue.turn();
        for (RecordDelivery delivery : all.subList(0, 100)) {
            queue.ack(delivery);
        }
        for (RecordDelivery delivery : all.subList(100, 120)) {
            queue.nack(delivery, 0);
        }
        queue.settle();
        assertThat(queue.dispatcher.isBreakerOpen()).isFalse();
        queue.nack(all.get(120), 0);
        queue.settle();
        assertThat(queue.dispatcher.isBreakerOpen()).isTrue();
        assertThat(queue.deadLetters).hasSize(20);
        queue.append(0);
        assertThat(queue.turn()).isEmpty();
        queue.dispatcher.resume();
        assertThat(queue.offsets()).containsExactly(150L);
        assertThat(queue.deadLetters).hasSize(21);
    }

    @Test
    void shouldWaitWhenTheWindowIsFull() {
        queue.settings(4, 10, 100).lead().append(0, 0, 0, 0, 0, 0).member("a", 10);
        List<RecordDelivery> first = queue.turn();
        assertThat(first).hasSize(4);
        assertThat(queue.dispatcher.offer(queue.log.get(4L))).isFalse();
        queue.ack(first.get(1));
        assertThat(queue.turn()).isEmpty();
        assertThat(queue.dispatcher.statistics().windowFull()).isTrue();
        queue.ack(first.get(0));
        assertThat(queue.offsets()).containsExactly(4L, 5L);
    }

    @Test
    void shouldReadNoFurtherThanIsUseful() {
        queue.lead().append(0);
        assertThat(queue.dispatcher.wish()).as("nobody takes anything").isNull();
        queue.member("a", 1);
        assertThat(queue.dispatcher.wish()).isEqualTo(new ReadWish(0, ReadAhead.MAX_READY));
        queue.dispatcher.pause();
        assertThat(queue.dispatcher.wish()).isNull();
        queue.dispatcher.resume();
        assertThatThrownBy(() -> queue.dispatcher.offer(QueueRecord.keyless(3)))
                .hasMessageContaining("where 0 is expected");
    }

    @Test
    void shouldShareByCreditAndInTurns() {
        queue.lead().member("a", 100).member("b", 100).member("c", 300);
        queue.append(LongStream.range(0, 250).map(i -> 0).toArray());
        Map<String, Integer> shares = new HashMap<>();
        for (RecordDelivery delivery : queue.turn()) {
            shares.merge(delivery.memberId(), 1, Integer::sum);
        }
        assertThat(shares.get("a")).isBetween(49, 51);
        assertThat(shares.get("b")).isBetween(49, 51);
        assertThat(shares.get("c")).isBetween(148, 152);
        queue.append(0, 0);
        queue.member("a", 1).member("b", 1).member("c", 0);
        assertThat(queue.turn()).extracting(RecordDelivery::memberId).containsOnly("a", "b");
    }

    @Test
    void shouldGiveBackWhatALeavingMemberHas() {
        queue.lead().append(0, 0).member("a", 1).member("b", 1);
        List<RecordDelivery> first = queue.turn();
        String gone = first.get(0).memberId();
        queue.dispatcher.leave(gone, true);
        queue.dispatcher.leave(first.get(1).memberId(), false);
        queue.member("c", 5);
        List<RecordDelivery> again = queue.turn();
        assertThat(again).extracting(RecordDelivery::offset).containsExactly(0L);
        assertThat(again.get(0).deliveries()).isEqualTo(2);
        assertThat(queue.ack(first.get(1))).as("still leased").isEqualTo(SettleOutcome.PENDING);
    }

    @Test
    void shouldGoOnFromWhatIsDurable() {
        queue.settings(100, 3, 100).lead().append(5, 6, 0, 7, 0).member("a", 10);
        List<RecordDelivery> first = queue.turn();
        queue.ack(first.get(1));
        queue.nack(first.get(2), 50_000);
        queue.nack(first.get(3), 0);
        RecordDelivery again = queue.turn().get(0);
        queue.nack(again, 0);
        queue.settle();
        queue.lead().member("b", 10);
        List<RecordDelivery> second = queue.turn();
        assertThat(second).extracting(RecordDelivery::offset).containsExactly(0L, 3L, 4L);
        assertThat(second.get(1).deliveries()).isEqualTo(3);
        assertThat(second.get(0).deliveryId()).isNotEqualTo(first.get(0).deliveryId());
        assertThat(queue.ack(first.get(0))).isEqualTo(SettleOutcome.EXPIRED);
        queue.nack(second.get(1), 0);
        settleChangesOnly();
        queue.lead().member("b", 10).read();
        assertThat(queue.dispatcher.giveUps(5))
                .extracting(DeadLetterWish::offset, DeadLetterWish::deliveries)
                .containsExactly(tuple(3L, 3));
        queue.pass(50_000);
        assertThat(queue.offsets()).contains(2L);
    }

    @Test
    void shouldDeliverRedrivenRecordsAgainWithAFreshCount() {
        queue.settings(100, 1, 100).lead().append(5, 0, 5).member("a", 10);
        for (RecordDelivery delivery : queue.turn()) {
            queue.nack(delivery, 0);
        }
        queue.turn().forEach(queue::ack);
        queue.settle();
        assertThat(queue.progress().watermark()).isEqualTo(3);
        redrive(OffsetSet.of(0, 1));
        List<RecordDelivery> again = queue.turn();
        assertThat(again).extracting(RecordDelivery::offset).containsExactly(0L, 1L);
        assertThat(again).extracting(RecordDelivery::deliveries).containsOnly(1);
        queue.ack(again.get(0));
        queue.settle();
        queue.lead().member("b", 10);
        assertThat(queue.offsets()).containsExactly(1L);
        assertThat(queue.progress().watermark()).isEqualTo(3);
    }

    @Test
    void shouldRedriveWhatTheReaderHasNotPassedYet() {
        queue.settings(100, 1, 100).lead().append(5, 0, 0).member("a", 10);
        List<RecordDelivery> first = queue.turn();
        queue.nack(first.get(1), 0);
        queue.settle();
        queue.lead();
        redrive(OffsetSet.of(1));
        queue.member("b", 10);
        assertThat(queue.offsets()).containsExactly(0L, 1L, 2L);
    }

    @Test
    void shouldSettleWhatIsSkipped() {
        queue.settings(100, 5, 100).lead().append(5, 5, 0, 0, 6, 6).member("a", 2);
        List<RecordDelivery> first = queue.turn();
        assertThat(first).extracting(RecordDelivery::offset).containsExactly(0L, 2L);
        queue.dispatcher.skip(0, 5);
        queue.settle();
        assertThat(queue.progress().watermark()).isZero();
        assertThat(queue.progress().done()).isEqualTo(OffsetSet.of(1, 3, 4));
        queue.nack(first.get(0), 1_000);
        queue.say(first.get(1), new DeliveryFate.Return());
        queue.settle();
        assertThat(queue.progress()).isEqualTo(QueueProgress.startingAt(5));
        queue.member("a", 2);
        assertThat(queue.offsets()).containsExactly(5L);
        queue.dispatcher.skip(6, 40);
        queue.settle();
        assertThat(queue.dispatcher.statistics().nextOffset()).isEqualTo(40);
        assertThatThrownBy(() -> queue.dispatcher.skip(50, 60)).hasMessageContaining("is 40");
    }

    @Test
    void shouldTryTheLowestRecordAloneWhenChangesAreRefused() {
        queue.lead().append(0, 0, 0, 0).member("a", 10);
        List<RecordDelivery> all = queue.turn();
        queue.nack(all.get(0), 0);
        queue.ack(all.get(3));
        queue.ack(all.get(1));
        List<QueueSettlement> tried = new ArrayList<>();
        for (int attempt = 0; attempt < 16; attempt++) {
            QueueChange change = queue.dispatcher.drain();
            tried.add(change.settlement());
            queue.dispatcher.notApplied(change.id());
            queue.pass(QueueDispatcher.RETRY_MS);
        }
        assertThat(tried.get(0).weight()).isEqualTo(4);
        assertThat(tried.get(15).done().isEmpty()).isTrue();
        assertThat(tried.get(15).marks().find(0)).as("the lowest one").isNotNull();
        assertThat(queue.offsets()).containsExactly(0L);
        assertThat(queue.progress().done()).isEqualTo(OffsetSet.of(1, 3));
    }

    @Test
    void shouldHandOutOneAtATimeWhileItIsCrowded() {
        queue.lead().append(0, 0, 0).member("a", 10);
        queue.dispatcher.crowded(true);
        List<RecordDelivery> first = queue.turn();
        assertThat(first).extracting(RecordDelivery::offset).containsExactly(0L);
        queue.ack(first.get(0));
        assertThat(queue.dispatcher.dispatch(10)).isEmpty();
        assertThat(queue.offsets()).containsExactly(1L);
        queue.dispatcher.crowded(false);
        assertThat(queue.offsets()).containsExactly(2L);
    }

    @Test
    void shouldSayWhenItHasSomethingToDo() {
        queue.lead().appendFor(0, queue.nowMs + 7_000).append(0).member("a", 1);
        assertThat(queue.dispatcher.millisToNextEvent()).isEqualTo(Long.MAX_VALUE);
        queue.read();
        assertThat(queue.dispatcher.millisToNextEvent()).isEqualTo(7_000);
        RecordDelivery delivery = queue.turn().get(0);
        assertThat(queue.dispatcher.millisToNextEvent()).isEqualTo(1_000);
        queue.ack(delivery);
        assertThat(queue.dispatcher.millisToNextEvent()).isZero();
    }

    private void redrive(OffsetSet offsets) {
        QueueResult result = queue.table.apply(new QueueCommand.Redrive(LedQueue.KEY, offsets));
        queue.dispatcher.redriven(((QueueResult.Redriven) result).offsets());
    }

    private void settleChangesOnly() {
        QueueChange change = queue.dispatcher.drain();
        while (change != null) {
            queue.table.apply(new QueueCommand.SettleRecords(List.of(change.settlement())));
            queue.tokens.addAll(queue.dispatcher.confirmed(change.id()));
            change = queue.dispatcher.drain();
        }
    }
}
