package io.millrace.broker.receiving;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.receiving.TestReceiver.Got;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import io.millrace.v1.QueueDelivery;
import io.millrace.v1.ReceiveStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Who is handed what, and when. */
final class QueueDeliveryTest {

    private final QueueBroker broker = new QueueBroker();

    QueueDeliveryTest() throws IOException {}

    @Test
    void shouldDeliverWhatIsThereAndWhatComesLater() {
        broker.append("a", "b");
        TestReceiver receiver = broker.receiver("m").start(10);
        broker.append("", "c");

        assertThat(receiver.sent.get(0).getStarted().getLeaseMs()).isEqualTo(30_000);
        List<Got> got = receiver.take();
        assertThat(got).extracting(Got::offset).containsExactly(0L, 1L, 2L, 3L);
        assertThat(got).extracting(Got::key).containsExactly("a", "b", "", "c");
        assertThat(got).extracting(Got::count).containsOnly(1);
        assertThat(got).extracting(Got::deliveryId).doesNotHaveDuplicates().doesNotContain(0L);
        assertThat(broker.heard("delivered")).isEqualTo(4);
        assertThat(broker.queues.statistics(broker.key()).orElseThrow().leased()).isEqualTo(4);
    }

    @Test
    void shouldShareAPartitionAmongMembersWithoutDoubles() {
        TestReceiver a = broker.receiver("a").start(1_000);
        TestReceiver b = broker.receiver("b").start(1_000);
        TestReceiver c = broker.receiver("c").start(1_000);
        for (int i = 0; i < 30; i++) {
            broker.append("", "", "", "", "");
        }
        List<Long> all = new ArrayList<>();
        for (TestReceiver one : List.of(a, b, c)) {
            List<Long> offsets = one.offsets();
            assertThat(offsets).hasSizeGreaterThan(20);
            all.addAll(offsets);
        }
        assertThat(all)
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 150).boxed().toList());
    }

    @Test
    void shouldKeepTheOrderOfAKeyOverMembersAndLetOthersGoOn() {
        TestReceiver a = broker.receiver("a").start(10);
        TestReceiver b = broker.receiver("b").start(10);
        broker.append("k", "k", "x", "", "k");
        List<Got> first = new ArrayList<>(a.take());
        first.addAll(b.take());
        assertThat(first).extracting(Got::offset).containsExactlyInAnyOrder(0L, 2L, 3L);

        TestReceiver holder = first.get(0).offset() == 0 ? a : b;
        broker.shard.hold();
        holder.ack(first.stream().filter(got -> got.offset() == 0).findFirst().orElseThrow());
        assertThat(a.offsets()).isEmpty();
        assertThat(b.offsets()).isEmpty();
        broker.shard.release();
        broker.run();
        List<Long> next = new ArrayList<>(a.offsets());
        next.addAll(b.offsets());
        assertThat(next).containsExactly(1L);
    }

    @Test
    void shouldSendNoMoreThanTheCreditAllowsAndGoOnWithMore() {
        broker.append("", "", "", "", "");
        TestReceiver receiver = broker.receiver("m").start(2);
        assertThat(receiver.offsets()).containsExactly(0L, 1L);
        receiver.credit(2);
        assertThat(receiver.offsets()).containsExactly(2L, 3L);
        receiver.request(r -> r.setCredit(TestReceiver.creditOf(0, 1)));
        assertThat(receiver.offsets()).isEmpty();
        receiver.credit(5);
        assertThat(receiver.offsets()).containsExactly(4L);
    }

    @Test
    void shouldOverdrawBytesByARecordOnly() {
        String big = "x".repeat(1_000);
        List<Record> records =
                IntStream.range(0, 10).mapToObj(i -> QueueBroker.record("", big)).toList();
        broker.append(Compression.NONE, records);
        TestReceiver receiver = broker.receiver("m");
        receiver.start(receiver.startOf("t/0").setInitialCredit(TestReceiver.creditOf(100, 1_500)));
        assertThat(receiver.offsets()).containsExactly(0L, 1L);
        assertThat(receiver.messages()).allMatch(message -> message.getBatch().size() < 2_200);
    }

    @Test
    void shouldNotLetASlowReceiverHoldUpOthers() {
        TestReceiver slow = broker.receiver("slow").start(1_000);
        TestReceiver fast = broker.receiver("fast").start(1_000);
        slow.ready = false;
        broker.append("", "", "", "");
        broker.append("", "", "", "");
        assertThat(slow.offsets()).isEmpty();
        assertThat(fast.offsets()).hasSize(8);

        slow.ready = true;
        slow.session.onReady();
        broker.run();
        broker.append("", "", "", "");
        assertThat(slow.offsets()).isNotEmpty();
    }

    @Test
    void shouldSendTheWholeBatchOrOnlyWhatIsMeant() {
        String big = "x".repeat(2_000);
        List<Record> records =
                IntStream.range(0, 8).mapToObj(i -> QueueBroker.record("", big + i)).toList();
        broker.append(Compression.ZSTD, records);
        TestReceiver whole = broker.receiver("w").start(100);
        assertThat(whole.offsets()).hasSize(8);
        assertThat(whole.messages()).hasSize(1);
        whole.session.onClosed();
        broker.pass(30_000);

        TestReceiver a = broker.receiver("a").start(100);
        TestReceiver b = broker.receiver("b").start(100);
        broker.append(Compression.NONE, records);
        List<Got> got = new ArrayList<>(a.take());
        got.addAll(b.take());
        assertThat(got).extracting(Got::offset).hasSize(16).doesNotHaveDuplicates();
        for (Got one : got) {
            assertThat(new String(one.record().value())).isEqualTo(big + one.offset() % 8);
        }
        // Each record goes over the connection once, though they lie in one batch.
        assertThat(
                        a.messages().stream()
                                .filter(message -> message.getBaseOffset() >= 8)
                                .mapToInt(message -> message.getBatch().size())
                                .sum())
                .isLessThan(5 * 2_200);
    }

    @Test
    void shouldDeliverOnlyWhatPassesTheFilterAndCountTheRestAsDone() {
        broker.set(Map.of("filter", "key != \"b\""));
        TestReceiver receiver = broker.receiver("m").start(10);
        broker.append("b", "a", "b", "b", "c", "b");
        List<Got> got = receiver.take();
        assertThat(got).extracting(Got::offset).containsExactly(1L, 4L);
        got.forEach(receiver::ack);
        assertThat(broker.progress().watermark()).isEqualTo(6);

        broker.set(Map.of("filter", ""));
        broker.append("b");
        assertThat(receiver.offsets()).containsExactly(6L);
    }

    @Test
    void shouldHoldRecordsBackUntilTheyAreDue() {
        TestReceiver receiver = broker.receiver("m").start(10);
        String due = Long.toString(broker.nowMs + 2_000);
        broker.append(
                Compression.NONE,
                List.of(
                        QueueBroker.record("k", "1", Header.ofText("millrace-deliver-at", due)),
                        QueueBroker.record("k", "2"),
                        QueueBroker.record("", "3", Header.ofText("millrace-deliver-at", "soon"))));
        assertThat(receiver.offsets()).containsExactly(1L, 2L);
        broker.pass(1_900);
        assertThat(receiver.offsets()).isEmpty();
        broker.pass(100);
        assertThat(receiver.offsets()).as("its key is in delivery").isEmpty();
        assertThat(broker.queues.readings().iterator().next().blocked()).isEqualTo(1);
    }

    @Test
    void shouldGoNoFurtherThanTheWindow() {
        broker.set(Map.of("queue.window", "16"));
        TestReceiver receiver = broker.receiver("m").start(1_000);
        for (int i = 0; i < 5; i++) {
            broker.append("", "", "", "", "", "", "", "");
        }
        List<Got> first = receiver.take();
        assertThat(first).hasSize(16);
        first.subList(1, 16).forEach(receiver::ack);
        assertThat(receiver.offsets()).isEmpty();
        assertThat(broker.queues.statistics(broker.key()).orElseThrow().windowFull()).isTrue();
        receiver.ack(first.get(0));
        assertThat(receiver.offsets()).hasSize(16);
    }

    @Test
    void shouldBeginAtTheOldestRecordOrBehindTheNewest() throws IOException {
        broker.append("", "");
        broker.set(Map.of("start", "latest"));
        TestReceiver receiver = broker.receiver("m").start(10);
        broker.append("");
        assertThat(receiver.offsets()).containsExactly(2L);
        assertThat(broker.progress().watermark()).isEqualTo(2);
    }

    @Test
    void shouldBeginWithTheFirstRecordOfWhatCameLater() throws IOException {
        broker.append("", "");
        broker.set(Map.of("start", "latest"));
        TestReceiver receiver = broker.receiver("m");
        ReceiveStart.Builder start = receiver.startOf("t/0");
        start.getPartitionsBuilder(0).setFromFirstRecord(true);
        receiver.start(start.setInitialCredit(TestReceiver.creditOf(10, 1 << 20)));
        assertThat(receiver.offsets()).containsExactly(0L, 1L);
    }

    @Test
    void shouldCountTrimmedRecordsAsDone() {
        for (int i = 0; i < 4; i++) {
            broker.append("k");
        }
        TestReceiver receiver = broker.receiver("m").start(10);
        Got first = receiver.one();
        broker.log().trim(2);
        broker.pass(100);
        assertThat(broker.progress().watermark()).as("one is in delivery").isZero();
        long number = receiver.ack(first);
        assertThat(receiver.isDone(number)).isTrue();
        assertThat(receiver.offsets()).containsExactly(2L);
        assertThat(broker.progress().watermark()).isEqualTo(2);
    }

    @Test
    void shouldCountTrimmedRecordsAsDoneWhenNobodyReceives() {
        broker.append("k", "k");
        broker.append("k");
        TestReceiver receiver = broker.receiver("m").start(0);
        receiver.session.onClosed();
        broker.run();
        broker.log().trim(2);
        broker.pass(200);
        assertThat(broker.progress().watermark()).isEqualTo(2);
    }

    @Test
    void shouldReadAgainWhatIsNotInMemoryAnyMore() {
        broker.append("a", "b", "c");
        TestReceiver receiver = broker.receiver("m").start(10);
        List<Got> got = receiver.take();
        receiver.nack(got.get(1), 20_000);
        broker.pass(20_000, receiver);
        Got again = receiver.one();
        assertThat(again.offset()).isEqualTo(1);
        assertThat(again.key()).isEqualTo("b");
        assertThat(again.count()).isEqualTo(2);
    }

    /** While its batch is read again, its lease may end. */
    @Test
    void shouldNotSendADeliveryThatIsOver() {
        broker.append("a");
        TestReceiver first = broker.receiver("m").start(10);
        first.nack(first.one(), 20_000);
        broker.holdsReads = true;
        broker.pass(20_000, first);
        assertThat(broker.reads).hasSize(1);

        first.session.onHalfClosed();
        broker.run();
        TestReceiver second = broker.receiver("m").start(10);
        broker.holdsReads = false;
        broker.tasks.addAll(broker.reads);
        broker.run();
        Got got = second.one();
        assertThat(got.count()).isEqualTo(3);
        assertThat(second.isDone(second.ack(got))).isTrue();
        assertThat(broker.progress().watermark()).isEqualTo(1);
    }

    @Test
    void shouldNotSendWhatAFormerStreamHasPaidFor() {
        broker.append("a");
        TestReceiver first = broker.receiver("m").start(10);
        first.nack(first.one(), 20_000);
        broker.holdsReads = true;
        broker.pass(20_000, first);
        first.session.onClosed();
        broker.run();
        TestReceiver second = broker.receiver("m").start(0);
        broker.holdsReads = false;
        broker.tasks.addAll(broker.reads);
        broker.run();
        assertThat(second.offsets()).isEmpty();
        second.credit(1);
        assertThat(second.one().count()).isEqualTo(2);
    }

    @Test
    void shouldCountTheBytesOfWhatWasReadAgain() {
        broker.append(Compression.NONE, List.of(QueueBroker.record("a", "x".repeat(1_000))));
        TestReceiver receiver = broker.receiver("m");
        receiver.start(receiver.startOf("t/0").setInitialCredit(TestReceiver.creditOf(100, 1_500)));
        receiver.nack(receiver.one(), 20_000);
        broker.pass(20_000, receiver);
        receiver.nack(receiver.one(), 20_000);
        broker.pass(20_000, receiver);
        assertThat(receiver.offsets()).as("two records of 1,000 bytes were paid for").isEmpty();
        receiver.request(r -> r.setCredit(TestReceiver.creditOf(0, 1_500)));
        assertThat(receiver.one().count()).isEqualTo(3);
    }

    @Test
    void shouldDeliverWhatIsDueAfterWallTimeHasLeapt() {
        String due = Long.toString(broker.nowMs + 3_600_000);
        Record later = QueueBroker.record("", "v", Header.ofText(RecordHints.DELIVER_AT, due));
        broker.append(Compression.NONE, List.of(later));
        TestReceiver receiver = broker.receiver("m").start(10);
        broker.pass(1_000, receiver);
        assertThat(receiver.offsets()).isEmpty();
        // As after the machine has slept: the monotonic clock has not run.
        broker.wallAheadMs = 2 * 3_600_000;
        broker.pass(1_000, receiver);
        assertThat(receiver.offsets()).containsExactly(0L);
    }

    @Test
    void shouldServeManyPartitionsOverOneStream() {
        broker.create("many", 20);
        TestReceiver receiver = broker.receiver("m");
        receiver.start(
                receiver.startOf(
                                IntStream.range(0, 20)
                                        .mapToObj(i -> "many/" + i)
                                        .toArray(String[]::new))
                        .setInitialCredit(TestReceiver.creditOf(7, 1 << 20)));
        for (int i = 0; i < 20; i++) {
            broker.append(
                    broker.partition("many", i).log(),
                    Compression.NONE,
                    List.of(QueueBroker.record("", "v"), QueueBroker.record("", "v")));
        }
        List<Got> all = new ArrayList<>(receiver.take());
        assertThat(all).hasSize(7);
        for (int i = 0; i < 11; i++) {
            receiver.credit(3);
            all.addAll(receiver.take());
        }
        assertThat(all).hasSize(40);
        Map<Integer, Long> byHandle =
                all.stream().collect(Collectors.groupingBy(Got::handle, Collectors.counting()));
        assertThat(byHandle)
                .hasSize(20)
                .allSatisfy((handle, count) -> assertThat(count).isEqualTo(2));
    }

    @Test
    void shouldTakeALargeBacklogInPortions() {
        for (int i = 0; i < 300; i++) {
            broker.append("", "", "", "", "", "", "", "", "", "");
        }
        TestReceiver receiver = broker.receiver("m").start(100_000);
        List<Got> got = receiver.take();
        assertThat(got).hasSize(3_000);
        assertThat(got).extracting(Got::offset).isSorted();
        assertThat(receiver.messages().stream().mapToInt(QueueDelivery::getRecordsCount).sum())
                .isEqualTo(3_000);
    }
}
