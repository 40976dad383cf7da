package io.millrace.broker.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.controller.SetGroup;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.v1.GroupMode;
import io.millrace.v1.Join;
import io.millrace.v1.MemberRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How members come into a group, go on in it, and are kept out of it. */
final class JoiningTest {

    private final CoordinatingBroker broker = new CoordinatingBroker();

    @Test
    void shouldCreateTheGroupAndGiveTheFirstMemberEverything() {
        FakeMember member = broker.member("a");

        assertThat(member.joined().getMemberEpoch()).isEqualTo(1);
        assertThat(member.joined().getClusterId()).isEqualTo("c");
        assertThat(member.joined().getLeaseMs()).isEqualTo(10_000);
        assertThat(member.joined().getHeartbeatIntervalMs()).isEqualTo(3_000);
        assertThat(member.joined().getGroupId()).isEqualTo(broker.group().groupId());
        assertThat(member.held()).containsExactly(0, 1, 2, 3);
        assertThat(member.assignment().getHeld(0).hasCommittedOffset()).isFalse();
        assertThat(broker.group().members().get("a").joining().clientAddress())
                .isEqualTo("10.0.0.1:5000");
    }

    @Test
    void shouldHandPartitionsOverOneByOne() {
        FakeMember first = broker.member("a");
        FakeMember second = broker.member("b");
        assertThat(second.held()).isEmpty();
        assertThat(first.held()).hasSize(2);
        assertThat(first.assignment().getRevoked(0).getRemainingMs()).isEqualTo(60_000);
        int heardByFirst = first.heard.size();

        int moving = first.revoked().get(0);
        broker.ends.known.put(moving, 7L);
        long release = first.release(first.offset(moving, 7));
        broker.settle();

        assertThat(first.refused(release)).isEmpty();
        assertThat(second.held()).containsExactly(moving);
        assertThat(second.assignment().getHeld(0).getCommittedOffset()).isEqualTo(7);
        assertThat(first.revoked()).hasSize(1);
        assertThat(first.heard).hasSize(heardByFirst + 2);
    }

    @Test
    void shouldGoOnWithAStayWithoutAnEntry() {
        FakeMember member = broker.member("a");
        int entries = broker.shard.proposed();
        member.session.onClosed();

        FakeMember again = resumed(member);

        assertThat(again.joined().getMemberEpoch()).isEqualTo(1);
        assertThat(again.held()).containsExactly(0, 1, 2, 3);
        assertThat(broker.shard.proposed()).isEqualTo(entries);
    }

    @Test
    void shouldEndTheOlderStreamOfAStay() {
        FakeMember member = broker.member("a");
        FakeMember again = resumed(member);

        assertThat(member.end().code()).isEqualTo(ErrorCode.NOT_READY);
        again.heartbeat(5);
        broker.run();
        assertThat(again.beaten()).isEqualTo(5);
    }

    @Test
    void shouldLeaveANewStayAloneWhenAnEarlierJoinComesLate() {
        FakeMember later = attempt("a", 2, 0);
        broker.settle();
        FakeMember late = attempt("a", 1, 0);
        broker.settle();

        assertThat(late.end().code()).isEqualTo(ErrorCode.NOT_READY);
        assertThat(later.completed).isFalse();
        assertThat(later.held()).hasSize(4);
        assertThat(broker.group().members().get("a").memberEpoch()).isEqualTo(1);
    }

    @Test
    void shouldLeaveAJoinAloneThatWaitsWhenAnEarlierOneComesLate() {
        broker.member("b");
        FakeMember later = attempt("a", 2, 0);
        FakeMember late = attempt("a", 1, 0);
        broker.settle();

        assertThat(late.end().code()).isEqualTo(ErrorCode.NOT_READY);
        assertThat(later.joined().getMemberEpoch()).isEqualTo(2);
    }

    @Test
    void shouldLeaveTheStreamOfAStayAloneWhenAnEarlierOneComesLate() {
        FakeMember member = attempt("a", 1, 0);
        broker.settle();
        FakeMember later = attempt("a", 3, member.joined().getMemberEpoch());
        FakeMember late = attempt("a", 2, member.joined().getMemberEpoch());
        broker.settle();

        assertThat(late.end().code()).isEqualTo(ErrorCode.NOT_READY);
        assertThat(later.completed).isFalse();
    }

    @Test
    void shouldNotHoldTheCountOfWhoHasLeftAgainstItsNamesake() {
        FakeMember member = attempt("a", 7, 0);
        broker.settle();
        member.leave(false);
        broker.pass(Duration.ofSeconds(1));
        FakeMember restarted = attempt("a", 1, 0);
        broker.settle();

        assertThat(restarted.held()).hasSize(4);
    }

    private FakeMember attempt(String id, long number, long memberEpoch) {
        FakeMember member = new FakeMember(broker, id);
        member.join(FakeMember.joinOf(id).setAttempt(number).setMemberEpoch(memberEpoch));
        return member;
    }

    @Test
    void shouldFenceWhoseIdJoinsAnew() {
        FakeMember member = broker.member("a");
        FakeMember other = broker.member("a");

        assertThat(member.end().code()).isEqualTo(ErrorCode.MEMBER_FENCED);
        assertThat(other.joined().getMemberEpoch()).isEqualTo(2);
        assertThat(other.held()).hasSize(4);
        assertThat(resumed(member).end().code()).isEqualTo(ErrorCode.MEMBER_FENCED);
    }

    @Test
    void shouldHandThePlaceOfAnInstanceToWhoeverHasItsName() {
        FakeMember member = new FakeMember(broker, "a");
        member.join(FakeMember.joinOf("a").setInstanceId("pod-1"));
        broker.settle();
        member.leave(true);
        broker.settle();
        assertThat(member.completed).isTrue();
        assertThat(broker.group().members()).containsOnlyKeys("a");

        FakeMember restarted = new FakeMember(broker, "b");
        restarted.join(FakeMember.joinOf("b").setInstanceId("pod-1"));
        broker.settle();

        assertThat(broker.group().members()).containsOnlyKeys("b");
        assertThat(restarted.held()).hasSize(4);
    }

    @Test
    void shouldTakeAFarewellOfWhoClosesRightAfterIt() {
        FakeMember member = broker.member("a");
        member.leave(false);
        member.session.onClosed();
        broker.settle();

        assertThat(broker.group().members()).isEmpty();
    }

    @Test
    void shouldLetTenThousandJoinByFewEntries() {
        broker.createGroup(false, Map.of("max.members", "10000"));
        int before = broker.shard.proposed();
        List<FakeMember> members = joinAll(10_050);
        broker.settle();

        assertThat(broker.group().members()).hasSize(10_000);
        assertThat(broker.shard.proposed() - before).isLessThan(10);
        assertThat(members.subList(0, 10_000)).allMatch(FakeMember::hasJoined);
        assertThat(members.subList(10_000, 10_050))
                .allSatisfy(
                        late -> {
                            MillraceException end = late.end();
                            assertThat(end.code()).isEqualTo(ErrorCode.OVERLOADED);
                            assertThat(end.retry()).isEqualTo(Retry.SAME);
                            assertThat(end.retryAfterMs()).isPositive();
                        });
        assertThat(broker.member("late").end().code()).isEqualTo(ErrorCode.GROUP_FULL);
    }

    @Test
    void shouldKeepOutWhoIsTooMany() {
        broker.createGroup(false, Map.of("max.members", "2"));
        List<FakeMember> members = joinAll(3);
        broker.settle();

        assertThat(members.get(2).end().code()).isEqualTo(ErrorCode.GROUP_FULL);
        assertThat(members.get(2).end().retry()).isEqualTo(Retry.SAME);
        int entries = broker.shard.proposed();
        assertThat(broker.member("d").end().code()).isEqualTo(ErrorCode.GROUP_FULL);
        assertThat(broker.shard.proposed()).isEqualTo(entries);
        assertThat(broker.member("m1").joined().getMemberEpoch()).isEqualTo(3);
    }

    @Test
    void shouldBoundThoseWhoJoinAndDieInALoop() {
        broker.createGroup(false, Map.of("max.members", "5"));
        int refused = 0;
        for (int i = 0; i < 100; i++) {
            FakeMember loop = broker.member("loop" + i);
            refused += loop.hasJoined() ? 0 : 1;
            loop.session.onClosed();
        }
        assertThat(refused).isEqualTo(95);

        broker.pass(Duration.ofSeconds(11));
        assertThat(broker.group().members()).isEmpty();
        assertThat(broker.member("sane").held()).hasSize(4);
    }

    @Test
    void shouldNameTheFieldThatIsWrong() {
        refused("member_id", ErrorCode.INVALID_ARGUMENT, FakeMember.joinOf("a b\u0000ü"));
        refused("member_id", ErrorCode.INVALID_ARGUMENT, FakeMember.joinOf(""));
        refused("group", ErrorCode.INVALID_GROUP, FakeMember.joinOf("a").setGroup("../x"));
        refused("group", ErrorCode.INVALID_GROUP, FakeMember.joinOf("a").setGroup(""));
        refused(
                "instance_id",
                ErrorCode.INVALID_ARGUMENT,
                FakeMember.joinOf("a").setInstanceId("pod/1"));
        refused("topics", ErrorCode.INVALID_ARGUMENT, FakeMember.joinOf("a", "t t"));
        refused("topics", ErrorCode.INVALID_ARGUMENT, FakeMember.joinOf("a").clearTopics());
        refused("weight", ErrorCode.INVALID_ARGUMENT, FakeMember.joinOf("a").setWeight(-1));
        refused("lease_ms", ErrorCode.INVALID_ARGUMENT, FakeMember.joinOf("a").setLeaseMs(10));
        refused("mode", ErrorCode.INVALID_ARGUMENT, FakeMember.joinOf("a").setModeValue(77));
        refused(
                "client_name",
                ErrorCode.INVALID_ARGUMENT,
                FakeMember.joinOf("a").setClientName("x".repeat(201)));
        assertThat(broker.hasGroup()).isFalse();
    }

    private void refused(String field, ErrorCode code, Join.Builder join) {
        FakeMember member = new FakeMember(broker, "x");
        member.join(join);
        broker.settle();
        assertThat(member.end().code()).isEqualTo(code);
        assertThat(member.end().metadata()).containsEntry("field", field);
    }

    @Test
    void shouldRefuseOtherClustersVersionsAndModes() {
        assertThat(ended(FakeMember.joinOf("a").setClusterId("other")))
                .isEqualTo(ErrorCode.WRONG_CLUSTER);
        assertThat(ended(FakeMember.joinOf("a").setProtocolVersion(9)))
                .isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        broker.member("a");
        assertThat(ended(FakeMember.joinOf("b").setMode(GroupMode.GROUP_MODE_QUEUE)))
                .isEqualTo(ErrorCode.INVALID_GROUP);
    }

    private ErrorCode ended(Join.Builder join) {
        FakeMember member = new FakeMember(broker, "x");
        member.join(join);
        broker.settle();
        return member.end().code();
    }

    @Test
    void shouldWaitForTheGroupToBeOpenButNotForEver() {
        broker.shard.hold();
        FakeMember patient = new FakeMember(broker, "a");
        patient.join(FakeMember.joinOf("a"));
        broker.pass(Duration.ofSeconds(7));
        assertThat(patient.heard).isEmpty();
        broker.shard.release();
        broker.settle();
        assertThat(patient.held()).hasSize(4);

        broker.shard.hold();
        FakeMember unlucky = new FakeMember(broker, "a");
        unlucky.join(FakeMember.joinOf("a").setGroup("other"));
        broker.pass(Duration.ofSeconds(9));
        assertThat(unlucky.end().code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
    }

    @Test
    void shouldTellTheGroupOfRacksOnlyIfItsAssignorLooksAtThem() {
        broker.createGroup(false, Map.of("assignor", "rack"));
        broker.member("a");
        assertThat(broker.group().topics().values())
                .allSatisfy(
                        topic ->
                                assertThat(topic.racks()).hasSize(4).containsOnly(List.of("near")));

        broker.controller
                .submit(new SetGroup("billing", Map.of("assignor", "range"), List.of()))
                .join();
        broker.settle();
        assertThat(broker.group().topics().values())
                .allSatisfy(topic -> assertThat(topic.racks()).isEmpty());
    }

    @Test
    void shouldRefuseAnAssignorThatNobodyKnows() {
        assertThatThrownBy(() -> broker.createGroup(false, Map.of("assignor", "fair")))
                .hasMessageContaining("assignor")
                .hasMessageContaining("sticky");
    }

    @Test
    void shouldKeepTheTopicsThatItHasIfAPatternMatchesTooMany() {
        FakeMember modest = broker.member("a");
        broker.topic("big1", 6_000);
        broker.topic("big2", 6_000);
        FakeMember greedy = new FakeMember(broker, "b");
        greedy.join(FakeMember.joinOf("b", "*"));
        broker.pass(Duration.ofSeconds(1));

        assertThat(greedy.hasJoined()).isTrue();
        assertThat(broker.group().topics()).hasSize(1);
        assertThat(modest.held().size() + modest.revoked().size()).isEqualTo(4);
        int entries = broker.shard.proposed();
        broker.pass(Duration.ofSeconds(1));
        assertThat(broker.shard.proposed()).as("not tried for ever").isEqualTo(entries);
    }

    @Test
    void shouldWantAJoinFirstAndOnce() {
        FakeMember hasty = new FakeMember(broker, "a");
        hasty.heartbeat(1);
        assertThat(hasty.end().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);

        FakeMember twice = broker.member("b");
        twice.join(FakeMember.joinOf("b"));
        broker.settle();
        assertThat(twice.end().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);

        FakeMember empty = broker.member("c");
        empty.session.onRequest(MemberRequest.getDefaultInstance());
        broker.settle();
        assertThat(empty.end().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void shouldEndStreamsOnWhichNobodyJoins() {
        FakeMember silent = new FakeMember(broker, "a");
        broker.pass(Duration.ofSeconds(31));
        assertThat(silent.end().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void shouldGiveEveryMemberOfAQueueGroupEverything() {
        List<FakeMember> members = new ArrayList<>();
        for (String id : List.of("a", "b")) {
            FakeMember member = new FakeMember(broker, id);
            member.join(FakeMember.joinOf(id).setMode(GroupMode.GROUP_MODE_QUEUE));
            members.add(member);
        }
        broker.settle();

        assertThat(members).allSatisfy(one -> assertThat(one.held()).hasSize(4));
        assertThat(members.get(0).joined().getMode()).isEqualTo(GroupMode.GROUP_MODE_QUEUE);
    }

    @Test
    void shouldNotFeedAQueueGroupWithWhatItGaveUp() {
        FakeMember member = new FakeMember(broker, "a");
        member.join(
                FakeMember.joinOf("a", "*.dlq", "billing.dlq").setMode(GroupMode.GROUP_MODE_QUEUE));
        broker.topic("billing.dlq", 1);
        broker.topic("mails.dlq", 2);
        broker.settle();

        assertThat(member.held()).hasSize(2);
        assertThat(member.partition(0).getTopic()).isEqualTo("mails.dlq");
    }

    private List<FakeMember> joinAll(int count) {
        List<FakeMember> members =
                IntStream.range(0, count).mapToObj(i -> new FakeMember(broker, "m" + i)).toList();
        members.forEach(member -> member.join(FakeMember.joinOf(member.id)));
        return members;
    }

    private FakeMember resumed(FakeMember former) {
        FakeMember again = new FakeMember(broker, former.id);
        again.join(FakeMember.joinOf(former.id).setMemberEpoch(former.joined().getMemberEpoch()));
        broker.settle();
        return again;
    }
}
