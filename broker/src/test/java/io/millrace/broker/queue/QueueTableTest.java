package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.QueueCommand.DropQueue;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueCommand.Redrive;
import io.millrace.broker.queue.QueueCommand.SettleRecords;
import io.millrace.broker.queue.QueueResult.Done;
import io.millrace.broker.queue.QueueResult.Redriven;
import io.millrace.broker.queue.QueueResult.Refused;
import io.millrace.broker.queue.QueueResult.Settled;
import io.millrace.protocol.error.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class QueueTableTest {

    private static final QueueKey KEY = new QueueKey(7, 3);

    private final QueueTable table = new QueueTable();

    @Test
    void shouldRaiseTheWatermarkOverWhatIsSettled() {
        open(10);
        settle(done(12, 13, 15));
        assertThat(progress().watermark()).isEqualTo(10);
        assertThat(progress().done()).isEqualTo(OffsetSet.of(12, 13, 15));
        settle(done(10, 11));
        assertThat(progress().watermark()).isEqualTo(14);
        assertThat(progress().done()).isEqualTo(OffsetSet.of(15));
        settle(done(3, 14));
        assertThat(progress()).isEqualTo(QueueProgress.startingAt(16));
    }

    @Test
    void shouldKeepMarksUntilTheRecordIsDone() {
        open(0);
        settle(marks(new DeliveryMark(4, 2, 500), new DeliveryMark(1, 1, 0)));
        settle(marks(new DeliveryMark(4, 1, 900)));
        assertThat(progress().marks().find(4)).isEqualTo(new DeliveryMark(4, 2, 500));
        settle(done(4));
        assertThat(progress().marks().find(4)).isNull();
        settle(marks(new DeliveryMark(4, 3, 0)));
        assertThat(progress().marks().size()).isEqualTo(1);
        settle(done(0, 1, 2, 3));
        assertThat(progress().marks()).isEqualTo(DeliveryMarks.EMPTY);
    }

    @Test
    void shouldCountADeadLetterOnce() {
        open(0);
        QueueSettlement dead =
                new QueueSettlement(KEY, OffsetSet.EMPTY, OffsetSet.of(0, 5), DeliveryMarks.EMPTY);
        settle(dead);
        settle(dead);
        assertThat(progress().deadLettered()).isEqualTo(2);
        assertThat(progress().watermark()).isEqualTo(1);
        assertThat(progress().isDone(5)).isTrue();
    }

    @Test
    void shouldRedriveWhatIsDoneOnBothSidesOfTheWatermark() {
        open(0);
        settle(done(0, 1, 2, 5));
        assertThat(table.apply(new Redrive(KEY, OffsetSet.of(1, 3, 5, 9))))
                .isEqualTo(new Redriven(OffsetSet.of(1, 5)));
        assertThat(progress().watermark()).isEqualTo(3);
        assertThat(progress().redriven()).isEqualTo(OffsetSet.of(1));
        assertThat(progress().isDone(1)).isFalse();
        assertThat(progress().isDone(5)).isFalse();
        settle(marks(new DeliveryMark(1, 1, 0)));
        assertThat(progress().marks().size()).isEqualTo(1);
        settle(done(1));
        assertThat(progress().isDone(1)).isTrue();
        assertThat(progress().marks().size()).isZero();
        settle(done(3, 4, 5));
        assertThat(progress()).isEqualTo(QueueProgress.startingAt(6));
    }

    @Test
    void shouldTakeAnEntryTwice() {
        open(0);
        QueueSettlement settlement =
                new QueueSettlement(
                        KEY,
                        OffsetSet.of(0, 4),
                        OffsetSet.of(2),
                        DeliveryMarks.of(List.of(new DeliveryMark(1, 3, 77))));
        assertThat(settle(settlement)).isEqualTo(new Done(true));
        QueueProgress once = progress();
        assertThat(settle(settlement)).isEqualTo(new Done(false));
        assertThat(progress()).isEqualTo(once);
        assertThat(table.apply(new OpenQueue(KEY, 99))).isEqualTo(new Done(false));
        assertThat(progress()).isEqualTo(once);
    }

    @Test
    void shouldRefuseWhatOutgrowsTheRangesAndStillTakeWhatShrinks() {
        open(0);
        long[] odd = LongStream.range(0, QueueProgress.MAX_RANGES).map(i -> 2 * i + 1).toArray();
        for (int from = 0; from < odd.length; from += 20_000) {
            settle(done(Arrays.copyOfRange(odd, from, from + 20_000)));
        }
        QueueProgress full = progress();
        assertThat(full.done().rangeCount()).isEqualTo(QueueProgress.MAX_RANGES);
        QueueResult result = settle(done(500_001));
        assertThat(result).isInstanceOf(Refused.class);
        assertThat(((Refused) result).code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(((Refused) result).message()).contains("at most 100000", "from 0 on");
        assertThat(progress()).isSameAs(full);
        assertThat(settle(done(2 * QueueProgress.MAX_RANGES))).isEqualTo(new Done(true));
        assertThat(settle(done(2))).isEqualTo(new Done(true));
        assertThat(settle(done(500_001))).isEqualTo(new Done(true));
    }

    @Test
    void shouldRefuseMoreMarksAndRedrivenRecordsThanItKeeps() {
        open(0);
        for (int from = 0; from < QueueProgress.MAX_MARKS; from += 20_000) {
            settle(
                    marks(
                            LongStream.range(from + 1, from + 20_001)
                                    .mapToObj(offset -> new DeliveryMark(offset, 1, 0))
                                    .toArray(DeliveryMark[]::new)));
        }
        assertThat(settle(marks(new DeliveryMark(200_000, 1, 0)))).isInstanceOf(Refused.class);
        assertThat(settle(marks(new DeliveryMark(3, 2, 0)))).isEqualTo(new Done(true));
        settle(
                new QueueSettlement(
                        KEY, OffsetSet.range(0, 50_000), OffsetSet.EMPTY, DeliveryMarks.EMPTY));
        assertThat(table.apply(new Redrive(KEY, OffsetSet.range(0, 10_001))))
                .isInstanceOf(Refused.class);
        assertThat(table.apply(new Redrive(KEY, OffsetSet.range(0, 10_000))))
                .isEqualTo(new Redriven(OffsetSet.range(0, 10_000)));
    }

    @Test
    void shouldHoldTheBoundsOfTheShard() {
        QueueTable small = new QueueTable(2, 6);
        small.apply(new OpenQueue(KEY, 0));
        small.apply(new OpenQueue(new QueueKey(8, 3), 0));
        assertThat(small.apply(new OpenQueue(new QueueKey(9, 3), 0))).isInstanceOf(Refused.class);
        small.apply(new SettleRecords(List.of(done(1, 3, 5, 7))));
        assertThat(small.get(KEY).done().rangeCount()).isEqualTo(4);
        assertThat(small.isCrowded(KEY)).isFalse();
        small.apply(new SettleRecords(List.of(done(9))));
        assertThat(small.isCrowded(KEY)).isTrue();
        assertThat(small.isCrowded(new QueueKey(8, 3))).as("within its share").isFalse();
        assertThat(small.apply(new Redrive(KEY, OffsetSet.of(9)))).isInstanceOf(Refused.class);
        QueueTable copy = new QueueTable(2, 6);
        copy.restore(small.snapshot());
        assertThat(copy.isCrowded(KEY)).isTrue();
        small.dropPartition(8);
        assertThat(small.isCrowded(KEY)).isFalse();
        copy.apply(new SettleRecords(List.of(done(0))));
        assertThat(copy.isCrowded(KEY)).isFalse();
    }

    @Test
    void shouldNotBringADroppedGroupBack() {
        open(0);
        QueueKey other = new QueueKey(7, 4);
        table.apply(new OpenQueue(other, 5));
        assertThat(table.ofPartition(7)).containsOnlyKeys(KEY, other);
        assertThat(table.apply(new DropQueue(3))).isEqualTo(new Done(true));
        assertThat(table.apply(new DropQueue(3))).isEqualTo(new Done(false));
        assertThat(settle(done(0))).isInstanceOf(Refused.class);
        assertThat(table.apply(new Redrive(KEY, OffsetSet.of(1)))).isInstanceOf(Refused.class);
        assertThat(table.get(other)).isEqualTo(QueueProgress.startingAt(5));
        QueueTable restored = new QueueTable();
        restored.apply(new OpenQueue(new QueueKey(1, 1), 0));
        restored.restore(QueueTableSnapshot.decode(table.snapshot().encode()));
        assertThat(restored.get(new QueueKey(1, 1))).isNull();
        assertThat(restored.apply(new OpenQueue(KEY, 0))).isInstanceOf(Refused.class);
        assertThat(restored.get(other)).isEqualTo(QueueProgress.startingAt(5));
    }

    @Test
    void shouldKeepASnapshotAsItWas() {
        open(0);
        QueueTableSnapshot snapshot = table.snapshot();
        settle(done(0));
        assertThat(snapshot.queues().get(KEY)).isEqualTo(QueueProgress.startingAt(0));
    }

    private void open(long start) {
        assertThat(table.apply(new OpenQueue(KEY, start))).isEqualTo(new Done(true));
    }

    private QueueProgress progress() {
        return table.get(KEY);
    }

    private QueueResult settle(QueueSettlement settlement) {
        QueueResult result = table.apply(new SettleRecords(List.of(settlement)));
        return ((Settled) result).results().get(0);
    }

    private static QueueSettlement done(long... offsets) {
        return new QueueSettlement(
                KEY, OffsetSet.of(offsets), OffsetSet.EMPTY, DeliveryMarks.EMPTY);
    }

    private static QueueSettlement marks(DeliveryMark... marks) {
        return new QueueSettlement(
                KEY, OffsetSet.EMPTY, OffsetSet.EMPTY, DeliveryMarks.of(List.of(marks)));
    }
}
