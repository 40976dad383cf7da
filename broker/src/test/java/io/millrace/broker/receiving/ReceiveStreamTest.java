package io.millrace.broker.receiving;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.CreateGroup;
import io.millrace.broker.receiving.TestReceiver.Got;
import io.millrace.v1.DeliveryName;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.Extend;
import io.millrace.v1.ReceiveStart;
import io.millrace.v1.Settle;
import io.millrace.v1.Settlement;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How a stream begins, lives and ends, and what it refuses. */
final class ReceiveStreamTest {

    private final QueueBroker broker = new QueueBroker();

    ReceiveStreamTest() throws IOException {}

    static Stream<Arguments> badStarts() {
        return Stream.of(
                start(
                        "a version",
                        "UNSUPPORTED_VERSION",
                        "supported",
                        s -> s.setProtocolVersion(9)),
                start("a cluster", "WRONG_CLUSTER", "cluster_id", s -> s.setClusterId("other")),
                start("a client name", s -> s.setClientName("x".repeat(201)), "client_name"),
                start("a group", "INVALID_GROUP", "field", s -> s.setGroup("a/b")),
                start("a group in stream mode", "INVALID_GROUP", "field", s -> s.setGroup("flow")),
                start("no member", s -> s.setMemberId(""), "member_id"),
                start("odd member", s -> s.setMemberId("a b"), "member_id"),
                start("no epoch", s -> s.setMemberEpoch(0), "member_epoch"),
                start("no partition", ReceiveStart.Builder::clearPartitions, "partitions"),
                start(
                        "a handle twice",
                        s -> s.addPartitionsBuilder().setTopic("t").setPartition(1),
                        "partitions.handle"),
                start(
                        "a partition twice",
                        s -> s.addPartitionsBuilder().setHandle(7).setTopic("t"),
                        "partitions"),
                start(
                        "too many partitions",
                        s -> s.addAllPartitions(Collections.nCopies(2_000, s.getPartitions(0))),
                        "partitions"),
                start("credit", s -> s.getInitialCreditBuilder().setBytes(-1), "credit.bytes"),
                start("a short lease", s -> s.setLeaseMs(999), "lease_ms"),
                start("a long lease", s -> s.setLeaseMs(3_600_001), "lease_ms"));
    }

    private static Arguments start(
            String name, Consumer<ReceiveStart.Builder> change, String field) {
        return Arguments.of(name, "INVALID_ARGUMENT", "field", field, change);
    }

    private static Arguments start(
            String name, String reason, String key, Consumer<ReceiveStart.Builder> change) {
        return Arguments.of(name, reason, key, null, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badStarts")
    void shouldRefuseBadStarts(
            String name,
            String reason,
            String key,
            String value,
            Consumer<ReceiveStart.Builder> change) {
        TestReceiver receiver = broker.receiver("m");
        ReceiveStart.Builder start = receiver.startOf("t/0");
        change.accept(start);
        receiver.start(start);

        assertThat(receiver.endReason().name()).isEqualTo(reason);
        assertThat(receiver.completed).isTrue();
        Map<String, String> metadata = receiver.last().getEnd().getError().getMetadataMap();
        assertThat(metadata).containsKey(key);
        if (value != null) {
            assertThat(metadata).containsEntry(key, value);
        }
    }

    @Test
    void shouldWaitALittleForAGroupThatIsNotKnownYet() {
        TestReceiver early = broker.receiver("m");
        early.start(early.startOf("t/0").setGroup("soon"));
        broker.pass(1_000, early);
        assertThat(early.sent).isEmpty();
        broker.controller.submit(new CreateGroup("soon", true, Map.of(), 1)).join();
        broker.pass(100, early);
        assertThat(early.sent.get(0).hasStarted()).isTrue();

        TestReceiver wrong = broker.receiver("m");
        wrong.start(wrong.startOf("t/0").setGroup("never"));
        broker.pass(5_000, wrong);
        assertThat(wrong.endReason()).isEqualTo(ErrorReason.UNKNOWN_GROUP);
    }

    @Test
    void shouldRefusePartitionsThatAreNotThereOrLedElsewhere() {
        TestReceiver unknown = broker.receiver("m");
        unknown.start(unknown.startOf("t/7"));
        broker.pass(5_000, unknown);
        assertThat(unknown.endReason()).isEqualTo(ErrorReason.UNKNOWN_PARTITION);

        TestReceiver recreated = broker.receiver("m");
        ReceiveStart.Builder start = recreated.startOf("t/0");
        start.getPartitionsBuilder(0).setTopicId(99);
        recreated.start(start);
        assertThat(recreated.endReason()).isEqualTo(ErrorReason.TOPIC_RECREATED);

        broker.register(2);
        broker.leader = 2;
        broker.shard.resign(false);
        broker.run();
        TestReceiver elsewhere = broker.receiver("m").start(10);
        assertThat(elsewhere.endReason()).isEqualTo(ErrorReason.NOT_LEADER);
        assertThat(elsewhere.last().getEnd().getError().getMetadataMap())
                .containsEntry("leader", "h2:7400");
    }

    static Stream<Arguments> badRequests() {
        return Stream.of(
                settlement("settlements.fate", s -> s.clearFate()),
                settlement("settlements.delay_ms", s -> s.setDelayMs(1)),
                settlement("settlements.reason", s -> s.setReason("why")),
                settlement(
                        "settlements.delay_ms",
                        s -> s.setFate(Settlement.Fate.FATE_NACK).setDelayMs(86_400_001)),
                settlement(
                        "settlements.reason",
                        s -> s.setFate(Settlement.Fate.FATE_REJECT).setReason("x".repeat(1_001))),
                settlement("handle", s -> s.setHandle(5)),
                request("the number of settlements", r -> r.setSettle(Settle.getDefaultInstance())),
                request("the number of deliveries", r -> r.setExtend(Extend.getDefaultInstance())),
                request(
                        "lease_ms",
                        r ->
                                r.setExtend(
                                        Extend.newBuilder()
                                                .addDeliveries(DeliveryName.getDefaultInstance())
                                                .setLeaseMs(1))),
                request("credit.records", r -> r.setCredit(TestReceiver.creditOf(-1, 0))),
                request("start", r -> r.setStart(ReceiveStart.getDefaultInstance())),
                request("request", r -> {}));
    }

    private static Arguments settlement(String field, Consumer<Settlement.Builder> change) {
        Settlement.Builder one = Settlement.newBuilder().setFate(Settlement.Fate.FATE_ACK);
        change.accept(one);
        return request(field, r -> r.setSettle(Settle.newBuilder().addSettlements(one)));
    }

    private static Arguments request(
            String field, Consumer<io.millrace.v1.ReceiveRequest.Builder> fill) {
        return Arguments.of(field, fill);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badRequests")
    void shouldRefuseBadRequests(
            String field, Consumer<io.millrace.v1.ReceiveRequest.Builder> fill) {
        TestReceiver receiver = broker.receiver("m").start(10);
        receiver.request(fill);
        assertThat(receiver.endReason()).isEqualTo(ErrorReason.INVALID_ARGUMENT);
        assertThat(receiver.last().getEnd().getError().getMetadataMap())
                .containsEntry("field", field);
    }

    @Test
    void shouldAskForAStartFirstAndInTime() {
        TestReceiver credit = broker.receiver("m").credit(1);
        assertThat(credit.endReason()).isEqualTo(ErrorReason.INVALID_ARGUMENT);
        TestReceiver silent = broker.receiver("m");
        broker.pass(30_000, silent);
        assertThat(silent.endReason()).isEqualTo(ErrorReason.SUBSCRIPTION_STALLED);
    }

    @Test
    void shouldReadOneRequestAtATimeAndNoneWhileTheConnectionIsFull() {
        broker.append("", "");
        TestReceiver receiver = broker.receiver("m").start(10);
        assertThat(receiver.asked).isEqualTo(1);
        receiver.ready = false;
        receiver.ack(receiver.take().get(0));
        assertThat(receiver.asked).isZero();
        receiver.ready = true;
        receiver.session.onReady();
        assertThat(receiver.asked).isEqualTo(1);
    }

    @Test
    void shouldGiveSignsOfLifeAndEndAStreamThatTakesNothing() {
        TestReceiver receiver = broker.receiver("m").start(10);
        broker.pass(3_000, receiver);
        assertThat(receiver.last().getHeartbeat().getServerTimeMs()).isEqualTo(broker.nowMs);
        receiver.ready = false;
        broker.pass(59_000, receiver);
        assertThat(receiver.completed).isFalse();
        broker.pass(2_000, receiver);
        assertThat(receiver.endReason()).isEqualTo(ErrorReason.SUBSCRIPTION_STALLED);
    }

    @Test
    void shouldLetANewStreamOfAMemberTakeThePlaceOfTheOld() {
        TestReceiver old = broker.receiver("m").start(10);
        TestReceiver next = broker.receiver("m").start(10);
        assertThat(old.endReason()).isEqualTo(ErrorReason.MEMBER_FENCED);
        broker.append("");
        assertThat(next.offsets()).containsExactly(0L);

        TestReceiver newer = broker.receiver("m");
        newer.start(newer.startOf("t/0").setMemberEpoch(3));
        assertThat(next.endReason()).isEqualTo(ErrorReason.MEMBER_FENCED);
        TestReceiver older = broker.receiver("m");
        older.start(older.startOf("t/0").setMemberEpoch(2));
        assertThat(older.endReason()).isEqualTo(ErrorReason.MEMBER_FENCED);
        assertThat(newer.completed).isFalse();
    }

    @Test
    void shouldEndWithTheGroupOrTheTopic() {
        TestReceiver ofGroup = broker.receiver("m").start(10);
        broker.deleteGroup();
        assertThat(ofGroup.endReason()).isEqualTo(ErrorReason.UNKNOWN_GROUP);

        broker.controller.submit(new CreateGroup("work", true, Map.of(), 1)).join();
        broker.create("u", 1);
        TestReceiver ofTopic = broker.receiver("m");
        ofTopic.start(ofTopic.startOf("u/0"));
        assertThat(ofTopic.sent.get(0).hasStarted()).isTrue();
        broker.delete("u");
        assertThat(ofTopic.endReason()).isEqualTo(ErrorReason.UNKNOWN_TOPIC);
    }

    @Test
    void shouldTakeTheLeaseThatTheMemberAsksFor() {
        broker.append("k");
        TestReceiver receiver = broker.receiver("m");
        receiver.start(
                receiver.startOf("t/0")
                        .setLeaseMs(2_000)
                        .setInitialCredit(TestReceiver.creditOf(5, 1 << 20)));
        assertThat(receiver.sent.get(0).getStarted().getLeaseMs()).isEqualTo(2_000);
        Got first = receiver.one();
        broker.pass(2_000, receiver);
        assertThat(receiver.one().count()).isEqualTo(2);
        assertThat(first.count()).isEqualTo(1);
    }

    @Test
    void shouldKnowQueuesOfATermBeforeAnybodyReceives() {
        broker.append("k");
        TestReceiver receiver = broker.receiver("m").start(1);
        receiver.ack(receiver.one());
        receiver.session.onClosed();
        broker.shard.resign(false);
        broker.run();
        broker.shard.lead();
        broker.run();
        assertThat(broker.queues.statistics(broker.key()).orElseThrow().floor()).isEqualTo(1);
    }
}
