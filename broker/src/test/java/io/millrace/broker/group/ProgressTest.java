package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.GROUP;
import static io.millrace.broker.group.GroupFixture.TIME;
import static io.millrace.broker.group.GroupFixture.codes;
import static io.millrace.broker.group.GroupFixture.entry;
import static io.millrace.broker.group.GroupFixture.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.ForceRelease;
import io.millrace.broker.group.GroupCommand.PauseGroup;
import io.millrace.broker.group.GroupCommand.ReleasePartitions;
import io.millrace.broker.group.GroupCommand.SeekOffsets;
import io.millrace.broker.group.GroupCommand.SeekTarget;
import io.millrace.broker.group.GroupResult.Commits;
import io.millrace.broker.group.GroupResult.Done;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.broker.group.GroupResult.Sought;
import io.millrace.protocol.error.ErrorCode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ProgressTest {

    private static final PartitionKey P0 = partition(1, 0);
    private static final PartitionKey P1 = partition(1, 1);

    private final GroupFixture group = GroupFixture.stream();
    private MemberStay a;

    @BeforeEach
    void join() {
        group.topics(GroupTopic.of(1, "orders", 2));
        a = group.join("a");
    }

    @Test
    void shouldCommitForTheOwner() {
        long epoch = group.state().groupEpoch();
        CommitEntry entry =
                new CommitEntry(new AssignedPartition(P0, group.epoch(P0)), 10, "half way");

        group.apply(new CommitOffsets(GROUP, 77, List.of(new MemberCommit(a, List.of(entry)))));

        assertThat(group.state().committed(P0)).contains(new CommittedOffset(10, "half way", 77));
        assertThat(group.state().groupEpoch()).isEqualTo(epoch);
        assertThat(group.changed).isEmpty();
    }

    @Test
    void shouldNotGoBackWhenCommitsOvertakeEachOther() {
        group.commit(a, P0, 10);
        GroupTable before = group.table;

        assertThat(group.commit(a, P0, 9)).isEmpty();
        assertThat(group.table).isSameAs(before);

        group.commit(a, P0, 11);
        assertThat(group.committed(P0)).isEqualTo(11);
    }

    @Test
    void shouldNotGoBackForANewOwnerEither() {
        group.commit(a, P0, 10);
        MemberStay again = group.join("a");

        assertThat(group.commit(again, P0, 3)).isEmpty();
        assertThat(group.committed(P0)).isEqualTo(10);
    }

    @Test
    void shouldRefuseEachEntryOnItsOwn() {
        MemberStay b = new MemberStay("b", 9);
        Commits commits =
                (Commits)
                        group.apply(
                                new CommitOffsets(
                                        GROUP,
                                        TIME,
                                        List.of(
                                                new MemberCommit(b, List.of(entry(P0, 1, 5))),
                                                new MemberCommit(
                                                        a,
                                                        List.of(
                                                                entry(P0, group.epoch(P0), -2),
                                                                entry(P1, group.epoch(P1), 5),
                                                                entry(partition(9, 9), 1, 5),
                                                                large(P0))))));

        assertThat(codes(commits.refused().get(0))).containsExactly(ErrorCode.MEMBER_FENCED);
        assertThat(codes(commits.refused().get(1)))
                .containsExactly(
                        ErrorCode.INVALID_ARGUMENT,
                        ErrorCode.NOT_ASSIGNED,
                        ErrorCode.INVALID_ARGUMENT);
        assertThat(commits.refused().get(1).get(1).message()).contains("topic id 9/9");
        assertThat(commits.refused().get(1).get(2).message()).contains("4,098 bytes");
        assertThat(group.committed(P0)).isEqualTo(-1);
        assertThat(group.committed(P1)).isEqualTo(5);
    }

    @Test
    void shouldCommitWhileGivingUp() {
        group.join("b");
        PartitionKey moving = group.state().assignment("a").revoked().get(0).partition();
        long epoch = group.epoch(moving);

        assertThat(group.commit(a, moving, 5)).isEmpty();
        MemberCommit last = new MemberCommit(a, List.of(entry(moving, epoch, 8)));
        group.apply(new ReleasePartitions(GROUP, TIME, last));

        assertThat(group.committed(moving)).isEqualTo(8);
        assertThat(group.owner(moving).memberId()).isEqualTo("b");
        assertThat(codes(group.commit(a, moving, epoch, 9)))
                .containsExactly(ErrorCode.NOT_ASSIGNED);
        assertThat(codes(group.release(a, moving))).containsExactly(ErrorCode.NOT_ASSIGNED);
    }

    @Test
    void shouldGiveBackUnderANewNumberWhatIsReleasedUnasked() {
        long epoch = group.epoch(P0);

        assertThat(group.release(a, P0)).isEmpty();

        assertThat(group.owner(P0).memberId()).isEqualTo("a");
        assertThat(group.epoch(P0)).isGreaterThan(epoch);
        assertThat(group.changed).containsExactly("a");
    }

    @Test
    void shouldNotTakeARevocationBack() {
        MemberStay b = group.join("b");
        PartitionKey moving = group.state().assignment("a").revoked().get(0).partition();
        long epoch = group.epoch(moving);

        group.expire(b);

        assertThat(group.owner(moving).isRevoking()).isTrue();
        assertThat(group.owner(moving).target()).isEqualTo("a");
        assertThat(group.commit(a, moving, 3)).isEmpty();
        group.release(a, moving);
        assertThat(group.owner(moving).isRevoking()).isFalse();
        assertThat(group.epoch(moving)).isGreaterThan(epoch);
        assertThat(group.moving()).isZero();
    }

    @Test
    void shouldForceOnlyWhatIsStillToBeGivenUp() {
        group.join("b");
        AssignedPartition moving = group.state().assignment("a").revoked().get(0);
        AssignedPartition staying = group.state().assignment("a").held().get(0);
        AssignedPartition older = new AssignedPartition(moving.partition(), 999);
        GroupTable before = group.table;

        group.apply(new ForceRelease(GROUP, List.of(staying, older)));
        assertThat(group.result).isEqualTo(new Done(false));
        assertThat(group.table).isSameAs(before);

        group.apply(new ForceRelease(GROUP, List.of(moving)));
        assertThat(group.result).isEqualTo(new Done(true));
        assertThat(group.owner(moving.partition()).memberId()).isEqualTo("b");
        assertThat(codes(group.commit(a, moving.partition(), moving.assignmentEpoch(), 1)))
                .containsExactly(ErrorCode.NOT_ASSIGNED);

        group.apply(new ForceRelease(GROUP, List.of(moving)));
        assertThat(group.result).isEqualTo(new Done(false));
    }

    @Test
    void shouldRefuseSeeksUnderTheHandsOfMembers() {
        Refused refused = (Refused) seek(P0, 0);

        assertThat(refused.code()).isEqualTo(ErrorCode.GROUP_IN_USE);
        assertThat(refused.message()).contains("orders/0").contains("\"a\"").contains("pause");
        assertThat(seek(partition(5, 0), 3)).isInstanceOf(Sought.class);
        assertThat(group.committed(partition(5, 0))).isEqualTo(3);
    }

    @Test
    void shouldSeekBackAndForgetWhenNobodyIsThere() {
        group.commit(a, P0, 10);
        group.leave(a);

        Sought back = (Sought) seek(P0, 4);
        Sought forgotten = (Sought) seek(P0, SeekMove.NOTHING);

        assertThat(back.entry().moves()).containsExactly(new SeekMove(P0, 10, 4));
        assertThat(forgotten.entry().moves()).containsExactly(new SeekMove(P0, 4, -1));
        assertThat(group.state().committed(P0)).isEmpty();
        assertThat(group.state().seekLog()).containsExactly(forgotten.entry(), back.entry());
        assertThat(back.entry().seekId()).isLessThan(forgotten.entry().seekId());
    }

    @Test
    void shouldNotLetWorkOfBeforeUndoASeekInAPausedGroup() {
        group.commit(a, P0, 10);
        long epoch = group.epoch(P0);
        group.apply(new PauseGroup(GROUP, true));

        seek(P0, 2);

        assertThat(codes(group.commit(a, P0, epoch, 11))).containsExactly(ErrorCode.NOT_ASSIGNED);
        assertThat(group.committed(P0)).isEqualTo(2);
        assertThat(group.owner(P0).memberId()).isEqualTo("a");
        assertThat(group.commit(a, P0, 3)).isEmpty();
        assertThat(group.committed(P0)).isEqualTo(3);
    }

    @Test
    void shouldHandOverWhatIsSoughtWhileItIsGivenUp() {
        group.join("b");
        PartitionKey moving = group.state().assignment("a").revoked().get(0).partition();
        group.apply(new PauseGroup(GROUP, true));

        seek(moving, 2);

        assertThat(group.owner(moving).memberId()).isEqualTo("b");
        assertThat(group.owner(moving).isRevoking()).isFalse();
    }

    @Test
    void shouldKeepTheNewestSeeks() {
        group.leave(a);
        for (int i = 0; i < GroupLimits.MAX_SEEKS + 5; i++) {
            seek(P0, i);
        }

        assertThat(group.state().seekLog()).hasSize(GroupLimits.MAX_SEEKS);
        assertThat(group.state().seekLog().get(0).seekId()).isEqualTo(25);
        assertThat(group.state().seekLog().get(19).seekId()).isEqualTo(6);
    }

    @Test
    void shouldBoundTheLogOfSeeksByItsMoves() {
        List<SeekTarget> many =
                IntStream.range(0, GroupLimits.MAX_PARTITIONS)
                        .mapToObj(i -> new SeekTarget(partition(3, i), 1))
                        .toList();
        for (int i = 0; i < 3; i++) {
            group.apply(new SeekOffsets(GROUP, TIME, 1, many, ""));
        }

        assertThat(group.state().seekLog()).hasSize(2);
    }

    @Test
    void shouldRefuseSeeksThatMakeNoSense() {
        group.leave(a);
        assertThat(codeOf(seek(P0, -2))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(codeOf(seekAll("", List.of()))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        SeekTarget one = new SeekTarget(P0, 1);
        assertThat(codeOf(seekAll("", List.of(one, one)))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(codeOf(seekAll("x".repeat(201), List.of(one))))
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        GroupFixture queue = new GroupFixture(GroupMode.QUEUE, java.util.Map.of());
        assertThat(codeOf(queue.apply(new SeekOffsets(GROUP, TIME, 1, List.of(one), ""))))
                .isEqualTo(ErrorCode.INVALID_GROUP);
    }

    @Test
    void shouldTellMembersOfAPause() {
        group.join("b");

        group.apply(new PauseGroup(GROUP, true));
        assertThat(group.changed).containsExactlyInAnyOrder("a", "b");
        assertThat(group.state().paused()).isTrue();

        group.apply(new PauseGroup(GROUP, true));
        assertThat(group.result).isEqualTo(new Done(false));
        group.apply(new PauseGroup(GROUP, false));
        assertThat(group.state().paused()).isFalse();
    }

    private GroupResult seek(PartitionKey partition, long offset) {
        return seekAll("me", List.of(new SeekTarget(partition, offset)));
    }

    private GroupResult seekAll(String reason, List<SeekTarget> targets) {
        return group.apply(new SeekOffsets(GROUP, TIME, 1, targets, reason));
    }

    private static ErrorCode codeOf(GroupResult result) {
        return ((Refused) result).code();
    }

    private CommitEntry large(PartitionKey partition) {
        return new CommitEntry(
                new AssignedPartition(partition, group.epoch(partition)), 1, "ü".repeat(2_049));
    }
}
