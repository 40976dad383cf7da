package io.millrace.broker.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupMode;
import io.millrace.broker.group.PartitionKey;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.AssignedPartition;
import io.millrace.v1.CommittedOffset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How progress is written, and what of it is refused. */
final class CommittingTest {

    private final CoordinatingBroker broker = new CoordinatingBroker();
    private final FakeMember member = broker.member("a");

    @Test
    void shouldWriteCommitsOfAllMembersThatComeTogetherAsOneEntry() {
        FakeMember other = broker.member("b");
        broker.releaseAll(member, other);
        member.held().forEach(partition -> broker.ends.known.put(partition, 10L));
        other.held().forEach(partition -> broker.ends.known.put(partition, 10L));
        int entries = broker.shard.proposed();

        List<Long> mine = new ArrayList<>();
        List<Long> others = new ArrayList<>();
        for (int offset = 1; offset <= 5; offset++) {
            mine.add(member.commit(member.held().get(0), offset));
            others.add(other.commit(other.held().get(0), offset));
        }
        broker.settle();

        assertThat(broker.shard.proposed() - entries).isEqualTo(1);
        assertThat(mine).allSatisfy(one -> assertThat(member.refused(one)).isEmpty());
        assertThat(others).allSatisfy(one -> assertThat(other.refused(one)).isEmpty());
        assertThat(committed(member.held().get(0))).isEqualTo(5);
        assertThat(committed(other.held().get(0))).isEqualTo(5);
    }

    @Test
    void shouldRefuseACommitBeyondTheLogEndAfterAskingTheLeader() {
        broker.ends.ends.put(1, 42L);
        long there = member.commit(1, 42);
        broker.settle();
        assertThat(member.refused(there)).isEmpty();
        assertThat(broker.ends.asked).isEqualTo(1);

        long beyond = member.commit(1, 43);
        broker.settle();
        assertThat(broker.ends.asked).isEqualTo(2);
        MillraceException refusal = member.refused(beyond).get(0);
        assertThat(refusal.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(refusal.metadata())
                .containsEntry("field", "offset")
                .containsEntry("log_end_offset", "42");
        assertThat(committed(1)).isEqualTo(42);

        long negative = member.commit(1, -7);
        broker.settle();
        assertThat(member.refused(negative).get(0).code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void shouldNotAskForWhatIsKnownToBeThere() {
        broker.ends.known.put(2, 100L);
        member.commit(2, 100);
        broker.settle();
        broker.ends.known.clear();
        member.commit(2, 99);
        broker.settle();

        assertThat(broker.ends.asked).isZero();
        assertThat(committed(2)).as("never back").isEqualTo(100);
    }

    @Test
    void shouldRefuseWhatCannotBeVerifiedAndGiveThePartitionUpAllTheSame() {
        broker.ends.failure = MillraceException.of(ErrorCode.LEADER_UNAVAILABLE, "no leader");
        long commit = member.commit(0, 5);
        broker.settle();
        assertThat(member.refused(commit).get(0).code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
        assertThat(broker.group().offsets()).isEmpty();

        FakeMember other = broker.member("b");
        int moving = member.revoked().get(0);
        long release = member.release(member.offset(moving, 5));
        broker.settle();

        assertThat(member.refused(release).get(0).code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
        assertThat(other.held()).containsExactly(moving);
        assertThat(other.assignment().getHeld(0).hasCommittedOffset()).isFalse();
    }

    @Test
    void shouldAnswerHeartbeatsWhileALogEndIsAskedFor() {
        broker.ends.slow = true;
        broker.ends.ends.put(0, 5L);
        long first = member.commit(0, 5);
        broker.ends.known.put(1, 9L);
        long second = member.commit(1, 9);
        member.heartbeat(3);
        broker.settle();

        assertThat(member.beaten()).isEqualTo(3);
        assertThat(member.isAnswered(first)).isFalse();
        assertThat(member.isAnswered(second)).as("in the order of the member").isFalse();
        broker.ends.answer();
        broker.settle();
        assertThat(member.refused(first)).isEmpty();
        assertThat(member.refused(second)).isEmpty();
    }

    @Test
    void shouldNotLetAnOldAnswerSpeakForALaterQuestion() {
        broker.ends.slow = true;
        broker.ends.ends.put(0, 5L);
        member.commit(0, 5);
        broker.run();
        long later = member.commit(0, 8);
        broker.run();
        assertThat(broker.ends.asked).isEqualTo(1);

        broker.ends.answer();
        broker.run();
        broker.ends.ends.put(0, 8L);
        broker.ends.answer();
        broker.settle();

        assertThat(broker.ends.asked).isEqualTo(2);
        assertThat(member.refused(later)).isEmpty();
    }

    @Test
    void shouldRefuseWhatTheMemberDoesNotHave() {
        FakeMember other = broker.member("b");
        int moving = member.revoked().get(0);
        CommittedOffset former = member.offset(moving, 0);
        broker.releaseAll(member);
        int entries = broker.shard.proposed();

        long released = member.commit(former);
        long others = member.commit(other.offset(moving, 0));
        long nonsense =
                member.commit(
                        CommittedOffset.newBuilder()
                                .setPartition(
                                        AssignedPartition.newBuilder()
                                                .setTopic("no such")
                                                .setTopicId(-3)
                                                .setPartition(-1))
                                .setOffset(1)
                                .setMetadata("x".repeat(5_000))
                                .build());
        broker.settle();

        for (long refused : List.of(released, others, nonsense)) {
            assertThat(member.refused(refused))
                    .extracting(MillraceException::code)
                    .containsExactly(ErrorCode.NOT_ASSIGNED);
        }
        assertThat(broker.shard.proposed()).as("nothing of it is written").isEqualTo(entries);
        assertThat(broker.ends.asked).isZero();
    }

    @Test
    void shouldRefuseLongMetadataAndKeepTheRest() {
        broker.ends.known.put(0, 5L);
        broker.ends.known.put(1, 5L);
        long commit =
                member.commit(
                        member.offset(0, 5).toBuilder().setMetadata("ä".repeat(2_049)).build(),
                        member.offset(1, 5).toBuilder().setMetadata("ä".repeat(2_048)).build());
        broker.settle();

        assertThat(member.refused(commit)).hasSize(1);
        assertThat(member.refused(commit).get(0).metadata()).containsEntry("field", "metadata");
        assertThat(committed(1)).isEqualTo(5);
        assertThat(broker.group().committed(key(0))).isEmpty();
    }

    @Test
    void shouldEndStreamsThatBreakTheRules() {
        member.commit();
        broker.settle();
        assertThat(member.end().metadata()).containsEntry("field", "offsets");

        FakeMember twice = broker.member("a");
        twice.commit(twice.offset(0, 0), twice.offset(0, 0));
        broker.settle();
        assertThat(twice.end().metadata()).containsEntry("field", "offsets");

        FakeMember flood = broker.member("a");
        broker.shard.hold();
        for (int i = 0; i < 17; i++) {
            flood.commit(0, 0);
        }
        broker.settle();
        assertThat(flood.end().code()).isEqualTo(ErrorCode.OVERLOADED);
        broker.shard.release();
        broker.settle();
        assertThat(broker.member("a").held()).hasSize(4);
    }

    @Test
    void shouldTryAgainWhileTheShardIsBusyAndThenSaySo() {
        broker.ends.known.put(0, 5L);
        broker.shard.setBusy(true);
        long commit = member.commit(0, 5);
        broker.pass(Duration.ofSeconds(2));
        assertThat(member.isAnswered(commit)).isFalse();
        broker.shard.setBusy(false);
        broker.pass(Duration.ofSeconds(1));
        assertThat(member.refused(commit)).isEmpty();

        broker.shard.setBusy(true);
        long never = member.commit(0, 5);
        for (int i = 0; i < 3; i++) {
            broker.pass(Duration.ofSeconds(2));
            member.heartbeat(i);
        }
        broker.settle();
        assertThat(member.refused(never).get(0).code()).isEqualTo(ErrorCode.OVERLOADED);
    }

    /** Whoever gives a partition up has committed before: the next one is to begin there. */
    @Test
    void shouldNotLetAReleaseOvertakeACommitThatTheShardWasTooBusyFor() {
        FakeMember other = broker.member("b");
        int moving = member.revoked().get(0);
        broker.ends.known.put(moving, 5L);
        broker.shard.setBusy(true);
        long commit = member.commit(moving, 5);
        broker.settle();
        broker.shard.setBusy(false);
        long release = member.release(member.offset(moving, -1));
        broker.settle();
        broker.pass(Duration.ofSeconds(1));

        assertThat(member.refused(commit)).isEmpty();
        assertThat(member.refused(release)).isEmpty();
        assertThat(other.held()).containsExactly(moving);
        assertThat(other.assignment().getHeld(0).getCommittedOffset()).isEqualTo(5);
    }

    @Test
    void shouldHaveOneEntryOfAMemberUnderWayAndAnyNumberOfOthers() {
        FakeMember other = broker.member("b");
        broker.releaseAll(member, other);
        int mine = member.held().get(0);
        int theirs = other.held().get(0);
        broker.ends.known.put(mine, 9L);
        broker.ends.known.put(theirs, 9L);
        broker.shard.hold();
        long first = member.commit(mine, 1);
        broker.settle();
        int entries = broker.shard.proposed();
        long second = member.commit(mine, 2);
        long third = member.release(member.offset(mine, 3));
        broker.settle();
        assertThat(broker.shard.proposed()).isEqualTo(entries);
        long another = other.commit(theirs, 4);
        broker.settle();
        assertThat(broker.shard.proposed()).isEqualTo(entries + 1);

        broker.shard.release();
        broker.settle();

        assertThat(broker.shard.proposed()).isEqualTo(entries + 3);
        assertThat(member.refused(first)).isEmpty();
        assertThat(member.refused(second)).isEmpty();
        assertThat(member.refused(third)).isEmpty();
        assertThat(other.refused(another)).isEmpty();
        assertThat(committed(mine)).isEqualTo(3);
    }

    /** Nothing that a member says is left behind, however often the shard is busy. */
    @Test
    void shouldAnswerEverythingInOrderWhileTheShardIsBusyNowAndThen() {
        broker.ends.known.put(0, 1_000L);
        List<Long> commits = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            broker.shard.setBusy(i % 3 == 0);
            commits.add(member.commit(0, i));
            broker.pass(Duration.ofMillis(i % 5 == 0 ? 400 : 5));
        }
        broker.shard.setBusy(false);
        broker.pass(Duration.ofSeconds(2));

        assertThat(commits).allSatisfy(one -> assertThat(member.refused(one)).isEmpty());
        assertThat(committed(0)).isEqualTo(200);
    }

    @Test
    void shouldSayThatTheDiskIsFull() {
        broker.ends.known.put(0, 5L);
        broker.gate.close(ErrorCode.DISK_FULL, "the disk is full");
        long commit = member.commit(0, 5);
        broker.settle();
        assertThat(member.refused(commit).get(0).code()).isEqualTo(ErrorCode.DISK_FULL);
    }

    @Test
    void shouldHaveNoOffsetsInQueueMode() {
        assertThat(broker.group().mode()).isEqualTo(GroupMode.STREAM);
        CoordinatingBroker queues = new CoordinatingBroker();
        FakeMember worker = new FakeMember(queues, "w");
        worker.join(FakeMember.joinOf("w").setMode(io.millrace.v1.GroupMode.GROUP_MODE_QUEUE));
        queues.settle();
        long commit = worker.commit(0, 0);
        queues.settle();
        assertThat(worker.refused(commit).get(0).code()).isEqualTo(ErrorCode.NOT_ASSIGNED);
    }

    private long committed(int partition) {
        return broker.group().committed(key(partition)).orElseThrow().offset();
    }

    private PartitionKey key(int partition) {
        long topicId = broker.controller.images().current().topics().get("t").topicId();
        return new PartitionKey(topicId, partition);
    }
}
