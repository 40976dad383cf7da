package io.millrace.broker.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.DeleteGroup;
import io.millrace.broker.controller.DeleteTopic;
import io.millrace.broker.controller.GrowTopic;
import io.millrace.broker.controller.SetGroup;
import io.millrace.broker.group.GroupCommand.PauseGroup;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.MemberHeartbeat;
import io.millrace.v1.MemberProgress;
import io.millrace.v1.MemberRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How stays last and end: leases, revocations, topics, leaderships. */
final class StayTest {

    private final CoordinatingBroker broker = new CoordinatingBroker();

    @Test
    void shouldExpireTheSilentAndKeepThoseWhoSpeak() {
        FakeMember silent = broker.member("a");
        FakeMember speaker = broker.member("b");
        speakFor(Duration.ofSeconds(9), speaker);
        assertThat(broker.group().members()).hasSize(2);
        speakFor(Duration.ofSeconds(2), speaker);

        assertThat(silent.end().code()).isEqualTo(ErrorCode.MEMBER_FENCED);
        assertThat(broker.group().members()).containsOnlyKeys("b");
        assertThat(speaker.held()).containsExactly(0, 1, 2, 3);
        assertThat(speaker.beaten()).isPositive();
        assertThat(broker.heard.expired).isEqualTo(1);
        assertThat(broker.heard.rebalances).isPositive();
    }

    @Test
    void shouldFenceWhoSpeaksAfterALongPause() {
        FakeMember paused = broker.member("a");
        paused.session.onClosed();
        broker.pass(Duration.ofSeconds(11));

        FakeMember back = new FakeMember(broker, "a");
        back.join(FakeMember.joinOf("a").setMemberEpoch(paused.joined().getMemberEpoch()));
        broker.settle();

        assertThat(back.end().code()).isEqualTo(ErrorCode.MEMBER_FENCED);
        assertThat(back.end().getMessage()).contains("silent for longer than its lease");
    }

    @Test
    void shouldExpireNobodyForItsOwnStandstill() {
        FakeMember member = broker.member("a");
        for (int i = 0; i < 5; i++) {
            broker.stall(Duration.ofMinutes(1));
            broker.pass(Duration.ofSeconds(1));
        }
        member.heartbeat(1);
        broker.settle();
        assertThat(member.beaten()).isEqualTo(1);
        assertThat(broker.group().members()).hasSize(1);
    }

    @Test
    void shouldGiveTheLeaseThatWasAskedFor() {
        FakeMember member = new FakeMember(broker, "a");
        member.join(FakeMember.joinOf("a").setLeaseMs(2_000));
        broker.settle();
        assertThat(member.joined().getLeaseMs()).isEqualTo(2_000);
        assertThat(member.joined().getHeartbeatIntervalMs()).isEqualTo(600);
        broker.pass(Duration.ofMillis(2_300));
        assertThat(member.end().code()).isEqualTo(ErrorCode.MEMBER_FENCED);
    }

    @Test
    void shouldTakePartitionsAwayThatAreNotGivenUpInTime() {
        broker.createGroup(false, Map.of("revocation.timeout.ms", "2s"));
        FakeMember owner = broker.member("a");
        FakeMember waiting = broker.member("b");
        assertThat(owner.assignment().getRevoked(0).getRemainingMs()).isEqualTo(2_000);
        broker.pass(Duration.ofMillis(1_500));
        assertThat(waiting.held()).isEmpty();
        broker.pass(Duration.ofSeconds(1));

        assertThat(waiting.held()).hasSize(2);
        assertThat(owner.held()).hasSize(2);
        assertThat(owner.revoked()).isEmpty();
        assertThat(owner.completed).as("the member stays").isFalse();
        assertThat(broker.heard.forced).isEqualTo(2);
        long late = owner.commit(owner.offset(waiting.held().get(0), 0));
        broker.settle();
        assertThat(owner.refused(late).get(0).code()).isEqualTo(ErrorCode.NOT_ASSIGNED);
    }

    @Test
    void shouldKeepOnlyTheNewestAssignmentForASlowStream() {
        FakeMember slow = broker.member("a");
        int heard = slow.heard.size();
        int requested = slow.requested;
        slow.ready = false;
        for (int i = 0; i < 20; i++) {
            broker.topic("t" + i, 1);
            broker.member("other" + i);
        }
        slow.heartbeat(1);
        broker.settle();
        assertThat(slow.heard).hasSize(heard + 1);
        assertThat(slow.beaten()).isEqualTo(1);
        assertThat(slow.requested).as("nothing more is read").isEqualTo(requested);

        slow.becomeReady();
        broker.settle();
        assertThat(slow.heard).hasSize(heard + 2);
        assertThat(slow.requested).isEqualTo(requested + 1);
        assertThat(slow.assignment().getGroupEpoch()).isEqualTo(broker.group().groupEpoch());
    }

    @Test
    void shouldFollowTopicsThatComeGrowAndGo() {
        FakeMember member = new FakeMember(broker, "a");
        member.join(FakeMember.joinOf("a", "t", "x.*"));
        broker.settle();
        assertThat(member.held()).hasSize(4);
        broker.topic("x.1", 2);
        broker.topic("y", 2);
        broker.settle();
        assertThat(member.held()).hasSize(6);
        broker.ends.known.put(0, 3L);
        assertThat(member.partition(0).getTopic()).isEqualTo("x.1");
        member.commit(0, 3);
        broker.settle();
        assertThat(broker.group().offsets()).hasSize(1);

        broker.controller.submit(new DeleteTopic("x.1", 0)).join();
        broker.settle();
        assertThat(member.held()).containsExactly(0, 1, 2, 3);
        assertThat(broker.group().offsets()).isEmpty();
    }

    @Test
    void shouldGoOnWithTheTopicsThatItHasWhenAPatternMatchesTooMany() {
        FakeMember member = new FakeMember(broker, "a");
        member.join(FakeMember.joinOf("a", "*"));
        broker.settle();
        broker.topic("big", 9_000);
        broker.settle();
        assertThat(member.held()).hasSize(9_004);
        broker.topic("a-big-one-more", 2_000);
        broker.topic("small", 1);
        broker.settle();
        assertThat(member.held()).hasSize(9_004);
        assertThat(leftOut()).containsExactly("a-big-one-more", "small");

        broker.controller.submit(new GrowTopic("t", 6)).join();
        broker.settle();
        assertThat(member.held()).hasSize(9_006);
        broker.controller.submit(new DeleteTopic("big", 0)).join();
        broker.settle();
        assertThat(member.held()).hasSize(2_007);
        assertThat(leftOut()).isEmpty();
    }

    private List<String> leftOut() {
        CompletableFuture<GroupInsight> asked =
                broker.coordinators.insight(broker.group().groupId());
        broker.run();
        return asked.join().leftOut();
    }

    @Test
    void shouldForgetOffsetsOfDeletedTopicsOfGroupsWithoutMembers() {
        FakeMember member = broker.member("a");
        broker.ends.known.put(0, 3L);
        member.commit(0, 3);
        broker.settle();
        member.leave(false);
        broker.pass(Duration.ofSeconds(1));
        assertThat(broker.group().offsets()).hasSize(1);

        broker.controller.submit(new DeleteTopic("t", 0)).join();
        broker.settle();
        assertThat(broker.group().offsets()).isEmpty();
    }

    @Test
    void shouldKeepTheLeaseThatAMemberWasToldUntilItIsToldAnother() {
        FakeMember member = broker.member("a");
        assertThat(member.joined().getLeaseMs()).isEqualTo(10_000);
        broker.controller.submit(new SetGroup("billing", Map.of("lease.ms", "2s"), List.of()));
        broker.pass(Duration.ofSeconds(3));

        assertThat(member.end().code()).isEqualTo(ErrorCode.NOT_READY);
        assertThat(broker.group().members()).containsOnlyKeys("a");
        FakeMember back = new FakeMember(broker, "a");
        back.join(FakeMember.joinOf("a").setMemberEpoch(member.joined().getMemberEpoch()));
        broker.settle();
        assertThat(back.joined().getLeaseMs()).isEqualTo(2_000);
        assertThat(back.held()).hasSize(4);
        broker.pass(Duration.ofMillis(2_300));
        assertThat(back.end().code()).isEqualTo(ErrorCode.MEMBER_FENCED);
    }

    @Test
    void shouldProveNoStayWhoseEndIsBeingWritten() {
        FakeMember silent = broker.member("a");
        broker.shard.hold();
        broker.pass(Duration.ofSeconds(11));
        silent.heartbeat(7);
        FakeMember again = new FakeMember(broker, "a");
        again.join(FakeMember.joinOf("a").setMemberEpoch(silent.joined().getMemberEpoch()));
        broker.settle();

        assertThat(silent.beaten()).as("its lease would go on").isEqualTo(-1);
        assertThat(again.hasJoined()).isFalse();
        broker.shard.release();
        broker.settle();
        assertThat(silent.end().code()).isEqualTo(ErrorCode.MEMBER_FENCED);
    }

    @Test
    void shouldForgetOffsetsOfTopicsThatWereDeletedBeforeItLed() {
        FakeMember member = broker.member("a");
        broker.ends.known.put(0, 3L);
        member.commit(0, 3);
        broker.settle();
        member.leave(false);
        broker.pass(Duration.ofSeconds(1));
        broker.shard.resign(true);
        broker.controller.submit(new DeleteTopic("t", 0)).join();
        broker.settle();
        assertThat(broker.group().offsets()).hasSize(1);

        broker.shard.lead();
        broker.settle();
        assertThat(broker.group().offsets()).isEmpty();
    }

    @Test
    void shouldTellMembersThatTheGroupIsPausedOrGone() {
        FakeMember member = broker.member("a");
        CompletableFuture<?> paused =
                broker.coordinators.propose(new PauseGroup(broker.group().groupId(), true));
        broker.settle();
        assertThat(paused).isCompleted();
        assertThat(member.assignment().getPaused()).isTrue();
        assertThat(member.held()).hasSize(4);

        broker.controller.submit(new DeleteGroup("billing", 0)).join();
        broker.settle();
        assertThat(member.end().code()).isEqualTo(ErrorCode.UNKNOWN_GROUP);
        broker.pass(Duration.ofSeconds(1));
        assertThat(broker.member("a").held()).hasSize(4);
    }

    @Test
    void shouldSendMembersToTheNewLeaderAndNeverAnswerWhatIsUnknown() {
        FakeMember member = broker.member("a");
        broker.ends.known.put(0, 5L);
        broker.shard.hold();
        long commit = member.commit(0, 5);
        FakeMember joining = new FakeMember(broker, "b");
        joining.join(FakeMember.joinOf("b"));
        broker.settle();

        broker.ledElsewhere(2);
        broker.shard.resign(true);
        broker.settle();

        assertThat(member.isAnswered(commit)).isFalse();
        for (MillraceException end : new MillraceException[] {member.end(), joining.end()}) {
            assertThat(end.code()).isEqualTo(ErrorCode.NOT_LEADER);
            assertThat(end.leader()).contains("broker-2:7400");
        }
        FakeMember lost = broker.member("c");
        assertThat(lost.end().leader()).contains("broker-2:7400");
    }

    @Test
    void shouldGiveEverybodyAFullLeaseWhenALeadershipBegins() {
        FakeMember before = broker.member("a");
        FakeMember gone = broker.member("b");
        broker.pass(Duration.ofSeconds(8));
        broker.shard.resign(true);
        broker.pass(Duration.ofSeconds(30));
        assertThat(broker.group().members()).hasSize(2);
        broker.shard.lead();
        broker.pass(Duration.ofSeconds(9));
        assertThat(broker.group().members()).hasSize(2);

        FakeMember back = new FakeMember(broker, "a");
        back.join(FakeMember.joinOf("a").setMemberEpoch(before.joined().getMemberEpoch()));
        broker.pass(Duration.ofSeconds(2));

        assertThat(back.joined().getMemberEpoch()).isEqualTo(before.joined().getMemberEpoch());
        assertThat(gone.end().code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
        assertThat(broker.group().members()).containsOnlyKeys("a");
        broker.releaseAll(back);
        assertThat(back.held()).hasSize(4);
    }

    @Test
    void shouldSayWhatOnlyItKnows() {
        FakeMember member = broker.member("a");
        FakeMember other = broker.member("b");
        long groupId = broker.group().groupId();
        say(
                member,
                MemberProgress.newBuilder()
                        .setPartition(member.assignment().getHeld(0).getPartition())
                        .setPosition(7)
                        .setOutOfCredit(true)
                        .setDelivered(7)
                        .setFilter("key == 'x'"));
        say(
                other,
                MemberProgress.newBuilder()
                        .setPartition(member.assignment().getHeld(0).getPartition())
                        .setPosition(99));
        broker.pass(Duration.ofSeconds(4));
        other.session.onClosed();

        CompletableFuture<GroupInsight> asked = broker.coordinators.insight(groupId);
        broker.run();
        GroupInsight insight = asked.join();

        MemberInsight of = insight.member("a").orElseThrow();
        assertThat(of.connected()).isTrue();
        assertThat(of.silentMs()).isBetween(3_500L, 4_500L);
        assertThat(of.progress()).hasSize(1);
        PartitionProgress progress = of.progress().values().iterator().next();
        assertThat(progress.position()).isEqualTo(7);
        assertThat(progress.outOfCredit()).isTrue();
        assertThat(progress.filter()).isEqualTo("key == 'x'");
        assertThat(progress.positionStillMs()).isBetween(3_500L, 4_500L);
        assertThat(insight.member("b").orElseThrow().connected()).isFalse();
        assertThat(insight.member("b").orElseThrow().progress()).isEmpty();
        assertThat(insight.revocations()).hasSize(2);
        assertThat(insight.revocations().values())
                .allSatisfy(one -> assertThat(one.waitingMs()).isBetween(3_500L, 4_500L));
        assertThat(insight.rebalances()).isPositive();
    }

    @Test
    void shouldSayWhoElseKnows() {
        broker.member("a");
        long groupId = broker.group().groupId();
        assertThat(broker.coordinators.insight(99)).isCompletedExceptionally();
        broker.ledElsewhere(2);
        broker.shard.resign(false);
        assertThat(broker.coordinators.insight(groupId))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.leader()).contains("broker-2:7400"));
    }

    private void say(FakeMember member, MemberProgress.Builder progress) {
        member.session.onRequest(
                MemberRequest.newBuilder()
                        .setHeartbeat(
                                MemberHeartbeat.newBuilder().setSequence(1).addProgress(progress))
                        .build());
    }

    private void speakFor(Duration time, FakeMember... members) {
        for (int second = 0; second < time.toSeconds(); second++) {
            for (FakeMember member : members) {
                member.heartbeat(second + 1);
            }
            broker.pass(Duration.ofSeconds(1));
        }
    }
}
