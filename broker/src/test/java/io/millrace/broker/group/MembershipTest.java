package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.GROUP;
import static io.millrace.broker.group.GroupFixture.TIME;
import static io.millrace.broker.group.GroupFixture.codes;
import static io.millrace.broker.group.GroupFixture.entry;
import static io.millrace.broker.group.GroupFixture.joining;
import static io.millrace.broker.group.GroupFixture.joiningAs;
import static io.millrace.broker.group.GroupFixture.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupCommand.LeaveGroup;
import io.millrace.broker.group.GroupResult.Commits;
import io.millrace.broker.group.GroupResult.Done;
import io.millrace.broker.group.GroupResult.JoinOutcome;
import io.millrace.broker.group.GroupResult.JoinRefused;
import io.millrace.broker.group.GroupResult.Joined;
import io.millrace.broker.group.GroupResult.Joins;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.protocol.error.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MembershipTest {

    private static final PartitionKey P0 = partition(1, 0);

    private final GroupFixture group = GroupFixture.stream();

    @Test
    void shouldGiveEverythingToTheFirstMember() {
        group.topics(GroupTopic.of(1, "orders", 4));
        assertThat(group.state().owners()).isEmpty();

        MemberStay stay = group.join("a");

        assertThat(stay).isEqualTo(new MemberStay("a", 1));
        assertThat(group.state().assignment("a").held()).hasSize(4);
        assertThat(group.changed).containsExactly("a");
    }

    @Test
    void shouldHandOverOnlyWhatMoves() {
        group.topics(GroupTopic.of(1, "orders", 4));
        MemberStay a = group.join("a");
        List<AssignedPartition> before = group.state().assignment("a").held();

        group.join("b");

        MemberAssignment ofA = group.state().assignment("a");
        assertThat(ofA.held()).hasSize(2);
        assertThat(ofA.revoked()).hasSize(2);
        assertThat(before).containsAll(ofA.held()).containsAll(ofA.revoked());
        assertThat(group.state().assignment("b")).isEqualTo(MemberAssignment.NONE);
        PartitionKey moving = ofA.revoked().get(0).partition();
        long former = group.epoch(moving);

        group.release(a, moving);

        assertThat(group.changed).containsExactlyInAnyOrder("a", "b");
        assertThat(group.owner(moving).memberId()).isEqualTo("b");
        assertThat(group.epoch(moving)).isGreaterThan(former);
        assertThat(group.state().assignment("a").held()).isEqualTo(ofA.held());
    }

    @Test
    void shouldGiveThePartitionsOfADeadMemberAtOnce() {
        group.topics(GroupTopic.of(1, "orders", 4));
        MemberStay a = group.join("a");
        group.join("b");
        group.releaseAll();

        group.expire(a);

        assertThat(group.result).isEqualTo(new Done(true));
        assertThat(group.state().members()).containsOnlyKeys("b");
        assertThat(group.state().assignment("b").held()).hasSize(4);
        assertThat(group.moving()).isZero();
        assertThat(group.changed).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void shouldNotExpireAStayThatIsOver() {
        MemberStay first = group.join("a");
        MemberStay second = group.join("a");
        GroupTable before = group.table;

        group.expire(first, new MemberStay("nobody", 1));

        assertThat(group.result).isEqualTo(new Done(false));
        assertThat(group.table).isSameAs(before);
        assertThat(group.state().isPresent(second)).isTrue();
    }

    @Test
    void shouldFenceAStayWhoseIdJoinsAnew() {
        group.topics(GroupTopic.of(1, "orders", 2));
        MemberStay first = group.join("a");
        long epoch = group.epoch(P0);

        Joined joined = (Joined) group.joinAll(joining("a")).outcomes().get(0);

        assertThat(joined.fenced()).containsExactly(first);
        assertThat(joined.stay().memberEpoch()).isGreaterThan(first.memberEpoch());
        assertThat(group.epoch(P0)).isGreaterThan(epoch);
        assertThat(codes(group.commit(first, P0, epoch, 5)))
                .containsExactly(ErrorCode.MEMBER_FENCED);
        assertThat(codes(group.commit(first, P0, 5))).containsExactly(ErrorCode.MEMBER_FENCED);
        assertThat(codes(group.commit(joined.stay(), P0, epoch, 5)))
                .containsExactly(ErrorCode.NOT_ASSIGNED);
        assertThat(group.commit(joined.stay(), P0, 5)).isEmpty();
    }

    @Test
    void shouldKeepThePartitionsOfAnInstanceThatRestarts() {
        group.topics(GroupTopic.of(1, "orders", 9));
        MemberStay a = group.join(joiningAs("i1", "a"));
        group.join("b");
        group.join("c");
        group.releaseAll();
        List<PartitionKey> had = partitions(group.state().assignment("a").held());
        List<AssignedPartition> ofB = group.state().assignment("b").held();

        Joined joined = (Joined) group.joinAll(joiningAs("i1", "a2")).outcomes().get(0);

        assertThat(joined.fenced()).containsExactly(a);
        assertThat(partitions(group.state().assignment("a2").held())).isEqualTo(had);
        assertThat(group.state().assignment("b").held()).isEqualTo(ofB);
        assertThat(group.moving()).isZero();
        assertThat(group.changed).containsExactlyInAnyOrder("a", "a2");
        assertThat(group.state().members()).containsOnlyKeys("a2", "b", "c");
    }

    @Test
    void shouldPassOnWhatARestartedInstanceWasGivingUp() {
        group.topics(GroupTopic.of(1, "orders", 4));
        group.join(joiningAs("i1", "a"));
        group.join("b");
        assertThat(group.moving()).isEqualTo(2);

        group.join(joiningAs("i1", "a2"));

        assertThat(group.moving()).isZero();
        assertThat(group.state().assignment("a2").held()).hasSize(2);
        assertThat(group.state().assignment("b").held()).hasSize(2);
    }

    @Test
    void shouldLetARestartedInstanceGetWhatItWaitedFor() {
        group.topics(GroupTopic.of(1, "orders", 4));
        MemberStay a = group.join("a");
        group.join(joiningAs("i1", "b"));

        group.join(joiningAs("i1", "b2"));
        group.releaseAll();

        assertThat(group.shares()).containsEntry("a", 2).containsEntry("b2", 2).hasSize(2);
        assertThat(group.state().isPresent(a)).isTrue();
    }

    @Test
    void shouldTakeBothPlacesWhenIdAndInstanceBelongToTwo() {
        group.topics(GroupTopic.of(1, "orders", 4));
        MemberStay a = group.join(joiningAs("i1", "a"));
        MemberStay b = group.join(joiningAs("i2", "b"));
        group.releaseAll();

        Joined joined = (Joined) group.joinAll(joiningAs("i2", "a")).outcomes().get(0);

        assertThat(joined.fenced()).containsExactlyInAnyOrder(a, b);
        assertThat(group.state().members()).containsOnlyKeys("a");
        assertThat(group.state().assignment("a").held()).hasSize(4);
    }

    @Test
    void shouldGiveUpTopicsThatTheNewStayDoesNotFollow() {
        group.topics(GroupTopic.of(1, "orders", 2), GroupTopic.of(2, "bills", 2));
        group.join(joiningAs("i1", "a"));
        group.join("b", "bills");
        group.releaseAll();

        group.join(joiningAs("i1", "a2", "orders"));
        group.releaseAll();

        assertThat(partitions(group.state().assignment("a2").held()))
                .containsExactly(partition(1, 0), partition(1, 1));
        assertThat(partitions(group.state().assignment("b").held()))
                .containsExactly(partition(2, 0), partition(2, 1));
    }

    @Test
    void shouldLeaveNobodyOnTopicsThatNobodyFollows() {
        group.topics(GroupTopic.of(1, "orders", 2), GroupTopic.of(2, "bills", 2));
        group.join("a");

        group.join("a", "orders");

        assertThat(group.state().owners()).containsOnlyKeys(partition(1, 0), partition(1, 1));
    }

    @Test
    void shouldCommitWithTheLastWords() {
        group.topics(GroupTopic.of(1, "orders", 2));
        MemberStay a = group.join("a");
        group.join("b");
        List<CommitEntry> last =
                List.of(
                        entry(P0, group.epoch(P0), 42),
                        entry(partition(1, 1), group.epoch(partition(1, 1)) + 99, 42));

        group.apply(new LeaveGroup(GROUP, TIME, new MemberCommit(a, last), false));

        Commits commits = (Commits) group.result;
        assertThat(codes(commits.refused().get(0))).containsExactly(ErrorCode.NOT_ASSIGNED);
        assertThat(group.committed(P0)).isEqualTo(42);
        assertThat(group.state().assignment("b").held()).hasSize(2);

        group.leave(a);
        assertThat(((Refused) group.result).code()).isEqualTo(ErrorCode.MEMBER_FENCED);
    }

    @Test
    void shouldKeepThePlaceOfAnInstanceThatSaysItRestarts() {
        group.topics(GroupTopic.of(1, "orders", 2));
        MemberStay a = group.join(joiningAs("i1", "a"));
        MemberStay b = group.join("b");

        group.apply(new LeaveGroup(GROUP, TIME, new MemberCommit(a, List.of()), true));
        assertThat(group.state().isPresent(a)).isTrue();

        group.apply(new LeaveGroup(GROUP, TIME, new MemberCommit(b, List.of()), true));
        assertThat(group.state().isPresent(b)).isFalse();
    }

    @Test
    void shouldRefuseMoreMembersThanAllowedButNotRestarts() {
        GroupFixture small = GroupFixture.stream("max.members", "2");
        Joins joins = small.joinAll(joiningAs("i1", "a"), joining("b"), joining("c"));

        JoinRefused refused = (JoinRefused) joins.outcomes().get(2);
        assertThat(refused.code()).isEqualTo(ErrorCode.GROUP_FULL);
        assertThat(refused.message()).contains("billing").contains("2 of max.members=2");
        assertThat(small.joinAll(joiningAs("i1", "a2")).outcomes().get(0))
                .isInstanceOf(Joined.class);
        assertThat(small.joinAll(joining("b")).outcomes().get(0)).isInstanceOf(Joined.class);
        assertThat(small.state().members()).containsOnlyKeys("a2", "b");
    }

    @Test
    void shouldRefuseWhatIsNotAllowedAndTakeTheOthers() {
        Subscription orders = Subscription.of(List.of("orders"));
        Joins joins =
                group.joinAll(
                        joining("../etc"),
                        joining("fine"),
                        joiningAs("white space", "a"),
                        new Joining("a", "", "x".repeat(201), "", orders, 1, "", 0),
                        new Joining("a", "", "", "x".repeat(301), orders, 1, "", 0),
                        new Joining("a", "", "", "", orders, 0, "", 0),
                        new Joining("a", "", "", "", orders, 1_001, "", 0),
                        new Joining("a", "", "", "", orders, 1, "x".repeat(101), 0),
                        new Joining("a", "", "", "", orders, 1, "", 999),
                        new Joining("a", "", "", "", orders, 1, "", 300_001),
                        joining("a", "or ders"));

        assertThat(joins.outcomes().stream().map(MembershipTest::fieldOf))
                .containsExactly(
                        "member_id",
                        "",
                        "instance_id",
                        "client_name",
                        "client_address",
                        "weight",
                        "weight",
                        "rack",
                        "lease_ms",
                        "lease_ms",
                        "topics");
        assertThat(group.state().members()).containsOnlyKeys("fine");
    }

    @Test
    void shouldBoundWhatAllSubscriptionsTogetherHold() {
        String[] patterns =
                IntStream.range(0, GroupLimits.MAX_PATTERNS)
                        .mapToObj(i -> "t" + i + ".*")
                        .toArray(String[]::new);
        group.join("a", patterns);
        group.join("b", patterns);

        Joins joins =
                group.joinAll(joining("c", "x.*"), joining("d", "plain"), joining("e", patterns));

        JoinRefused refused = (JoinRefused) joins.outcomes().get(0);
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused.message()).contains("201 of them patterns");
        assertThat(group.state().members()).containsOnlyKeys("a", "b", "d", "e");
    }

    @Test
    void shouldShareOutOnceForThoseWhoComeTogether() {
        group.topics(GroupTopic.of(1, "orders", 6));

        group.joinAll(joining("a"), joining("b"), joining("c"));

        assertThat(group.shares()).containsEntry("a", 2).containsEntry("b", 2);
        assertThat(group.moving()).isZero();
    }

    @Test
    void shouldNeverGiveAnEpochTwice() {
        MemberStay first = group.join("a");
        group.leave(first);
        MemberStay second = group.join("a");

        assertThat(second.memberEpoch()).isGreaterThan(first.memberEpoch());
        assertThat(group.state().isPresent(first)).isFalse();
    }

    @Test
    void shouldLetQueueMembersHoldAllTheyFollow() {
        GroupFixture queue = new GroupFixture(GroupMode.QUEUE, java.util.Map.of());
        queue.topics(GroupTopic.of(1, "orders", 2), GroupTopic.of(2, "bills", 1));
        MemberStay a = queue.join("a");
        queue.join("b", "bills");

        assertThat(queue.changed).containsExactly("b");
        assertThat(queue.state().owners()).isEmpty();
        assertThat(partitions(queue.state().assignment("a").held()))
                .containsExactly(partition(1, 0), partition(1, 1), partition(2, 0));
        assertThat(partitions(queue.state().assignments().get("b").held()))
                .containsExactly(partition(2, 0));
        assertThat(codes(queue.commit(a, P0, 0, 1))).containsExactly(ErrorCode.NOT_ASSIGNED);

        queue.topics(GroupTopic.of(1, "orders", 3));
        assertThat(queue.changed).containsExactlyInAnyOrder("a", "b");
        assertThat(queue.state().assignment("b")).isEqualTo(MemberAssignment.NONE);
    }

    private static List<PartitionKey> partitions(List<AssignedPartition> assigned) {
        return assigned.stream().map(AssignedPartition::partition).toList();
    }

    private static String fieldOf(JoinOutcome outcome) {
        return outcome instanceof JoinRefused refused
                ? refused.message().substring(0, refused.message().indexOf(':'))
                : "";
    }

    @Test
    void shouldRememberSinceWhenItFollowsWhat() {
        GroupFixture group = GroupFixture.stream();
        MemberStay first = joined(group.joinAt(5, joining("a", "orders", "bills.*")));
        group.leave(first);
        group.joinAt(9, joining("b", "orders", "other"));

        assertThat(group.state().followed())
                .isEqualTo(Map.of("orders", 5L, "bills.*", 5L, "other", 9L));
    }

    @Test
    void shouldForgetWhatNobodyFollowsWhenItWouldBeTooMuch() {
        GroupFixture group = GroupFixture.stream();
        int most = GroupLimits.MAX_TOPICS_OF_MEMBER;
        for (int round = 0; round * most <= GroupLimits.MAX_SUBSCRIBED; round++) {
            String[] names = new String[most];
            for (int i = 0; i < most; i++) {
                names[i] = "t-" + round + "-" + i;
            }
            MemberStay stay = joined(group.joinAt(round, joining("m", names)));
            assertThat(group.state().followed()).containsEntry(names[0], (long) round);
            assertThat(group.state().followed())
                    .hasSizeLessThanOrEqualTo(GroupLimits.MAX_SUBSCRIBED);
            group.leave(stay);
        }
        assertThat(group.state().followed()).hasSize(most);
    }

    private static MemberStay joined(Joins joins) {
        return ((Joined) joins.outcomes().get(0)).stay();
    }
}
