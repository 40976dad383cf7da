package io.millrace.broker.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.coordinator.GroupInsight.Revocation;
import io.millrace.broker.group.GroupCommand.PauseGroup;
import io.millrace.broker.group.MemberStay;
import io.millrace.broker.queue.QueueStatistics;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.GroupPartition;
import io.millrace.v1.LeftOutTopics;
import io.millrace.v1.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each verdict, in the situation that it is for. */
final class GroupExplainTest {

    private GroupsOfOneBroker groups;

    @BeforeEach
    void start() throws IOException {
        groups = new GroupsOfOneBroker();
        groups.broker.create("orders", 2);
        groups.broker.append("orders", 0, 100);
        groups.create("billing", false);
        groups.create("work", true);
    }

    @Test
    void shouldFindThatAMemberMoves() {
        groups.join("billing", "a", "orders");
        groups.commit("billing", "orders", 0, 40);
        groups.says("billing", "orders", 0, 60, 500, "", 20, 0, "");

        GroupPartition row = explained("billing", Verdict.VERDICT_MOVING);
        assertThat(row.getMemberId()).isEqualTo("a");
        assertThat(row.getAssignmentEpoch()).isPositive();
        assertThat(row.getCommittedOffset()).isEqualTo(40);
        assertThat(row.getMetadata()).isEqualTo("words");
        assertThat(row.getCommitTimeMs()).isEqualTo(4_000);
        assertThat(row.getLogEndOffset()).isEqualTo(100);
        assertThat(row.getLagRecords()).isEqualTo(60);
        assertThat(row.getLagMs()).isEqualTo(49_000);
        assertThat(row.getEvidence()).contains("member a at host:1 reads at offset 60");
        assertThat(row.getAdvice()).isEmpty();
    }

    @Test
    void shouldFindThatEverythingIsDone() {
        groups.join("billing", "a", "orders");
        groups.commit("billing", "orders", 0, 100);

        GroupPartition row = explained("billing", Verdict.VERDICT_CAUGHT_UP);
        assertThat(row.getLagRecords()).isZero();
        assertThat(row.getLagMs()).isZero();
        assertThat(groups.describe("billing").getPartitions(1).getEvidence())
                .isEqualTo("the log holds no records");
    }

    @Test
    void shouldKnowThatAnEmptyPartitionHasNoLag() {
        groups.join("billing", "a", "orders");

        GroupPartition full = groups.describe("billing").getPartitions(0);
        GroupPartition empty = groups.describe("billing").getPartitions(1);

        assertThat(full.hasLagRecords()).as("where it will begin is not known").isFalse();
        assertThat(empty.hasCommittedOffset()).isFalse();
        assertThat(empty.getLagRecords()).isZero();
        assertThat(empty.hasLagRecords() && empty.hasLagMs()).isTrue();
    }

    @Test
    void shouldFindThatNobodyIsThere() {
        groups.commitAndLeave("billing", "orders", 0, 40);

        GroupPartition row = explained("billing", Verdict.VERDICT_NO_MEMBER);
        assertThat(row.getMemberId()).isEmpty();
        assertThat(row.getLagRecords()).isEqualTo(60);
        assertThat(row.getAdvice()).isEqualTo("millrace subscribe orders --group billing");
    }

    @Test
    void shouldFindForWhomAPartitionWaits() {
        groups.join("billing", "a", "orders");
        groups.join("billing", "b", "orders");
        int moving =
                groups.state("billing").owners().get(groups.key("orders", 0)).isRevoking() ? 0 : 1;
        groups.revocations.put(groups.key("orders", moving), new Revocation(12_000, 48_000));
        if (moving == 1) {
            append(1);
        }

        GroupPartition row = groups.describe("billing").getPartitions(moving);
        assertThat(row.getVerdict()).isEqualTo(Verdict.VERDICT_WAITING_FOR_REVOCATION);
        assertThat(row.getEvidence())
                .contains("for 12 s", "member b waits for it", "taken away in 48 s");
    }

    @Test
    void shouldFindWhoIsSilent() {
        groups.join("billing", "a", "orders");
        groups.silentMs.put("a", 8_000L);

        assertThat(explained("billing", Verdict.VERDICT_WAITING_FOR_REVOCATION).getEvidence())
                .contains("member a at host:1 has been silent for 8 s");
        assertThat(groups.describe("billing").getMembers(0).getSilentMs()).isEqualTo(8_000);
    }

    @Test
    void shouldFindWhoTakesNothing() {
        groups.join("billing", "a", "orders");
        groups.commit("billing", "orders", 0, 40);
        groups.says("billing", "orders", 0, 60, 30_000, "full", 20, 0, "");

        assertThat(explained("billing", Verdict.VERDICT_OUT_OF_CREDIT).getEvidence())
                .contains("taken nothing for 30 s");
    }

    @Test
    void shouldFindWhatFillsTheRoomOfAMember() {
        groups.join("billing", "a", "orders");
        groups.says("billing", "orders", 0, 60, 30_000, "full", 20, 0, "");
        groups.says("billing", "orders", 1, 0, 30_000, "", 0, 0, "");
        groups.ownedMs.put(groups.key("orders", 1), 60_000L);

        GroupPartition other = groups.describe("billing").getPartitions(1);
        assertThat(other.getLogEndOffset()).isZero();
        assertThat(other.getVerdict()).isEqualTo(Verdict.VERDICT_CAUGHT_UP);

        append(1);
        other = groups.describe("billing").getPartitions(1);
        assertThat(other.getVerdict()).isEqualTo(Verdict.VERDICT_OUT_OF_CREDIT);
        assertThat(other.getEvidence()).contains("its room is filled by orders/0");
    }

    @Test
    void shouldNameTheTopicsThatAreTooMany() {
        groups.join("billing", "a", "orders");
        assertThat(groups.describe("billing").hasLeftOut()).isFalse();
        for (int i = 0; i < 101; i++) {
            groups.leftOut.add("t-" + i);
        }
        LeftOutTopics leftOut = groups.describe("billing").getLeftOut();
        assertThat(leftOut.getCount()).isEqualTo(101);
        assertThat(leftOut.getTopicsList()).hasSize(100).contains("t-0", "t-99");
        assertThat(leftOut.getMaxPartitions()).isEqualTo(10_000);
    }

    @Test
    void shouldFindWhoWasPausedByWhom() {
        groups.join("billing", "a", "orders");
        groups.says("billing", "orders", 0, 60, 30_000, "paused", 20, 0, "");
        assertThat(explained("billing", Verdict.VERDICT_PAUSED).getEvidence())
                .contains("the user of member a");

        groups.apply(new PauseGroup(groups.image("billing").groupId(), true));
        assertThat(explained("billing", Verdict.VERDICT_PAUSED).getAdvice())
                .isEqualTo("millrace group resume billing");
        assertThat(groups.describe("billing").getPaused()).isTrue();
    }

    @Test
    void shouldFindThatABrokerHoldsAMemberBack() {
        groups.join("billing", "a", "orders");
        groups.says("billing", "orders", 0, 60, 300, "", 20, 40, "key == \"a\"");
        groups.heldBack.put(
                groups.queue("billing", "orders", 0).partitionId(), Set.of("key == \"a\""));

        explained("billing", Verdict.VERDICT_THROTTLED);
    }

    @Test
    void shouldFindThatAFilterMatchesNothing() {
        groups.join("billing", "a", "orders");
        groups.says("billing", "orders", 0, 100, 300, "", 0, 100, "key == \"a\"");

        assertThat(explained("billing", Verdict.VERDICT_FILTER_MATCHED_NOTHING).getEvidence())
                .contains("none of 100 records");
    }

    @Test
    void shouldFindWhoCommitsNothing() {
        groups.join("billing", "a", "orders");
        groups.commit("billing", "orders", 0, 40);
        groups.says("billing", "orders", 0, 60, 300, "", 20, 0, "");
        groups.commitStillMs.put(groups.key("orders", 0), 31_000L);
        groups.ownedMs.put(groups.key("orders", 0), 40_000L);

        assertThat(explained("billing", Verdict.VERDICT_NOT_COMMITTING).getEvidence())
                .contains("has committed nothing beyond 40 for 31 s; it has read up to 60");
    }

    @Test
    void shouldNotBlameAnOwnerForTheTimeBeforeItHadThePartitionOrAnythingToDo() {
        groups.join("billing", "a", "orders");
        groups.commit("billing", "orders", 0, 40);
        groups.commitStillMs.put(groups.key("orders", 0), 3_600_000L);
        groups.ownedMs.put(groups.key("orders", 0), 2_000L);
        explained("billing", Verdict.VERDICT_MOVING);

        groups.ownedMs.put(groups.key("orders", 0), 3_600_000L);
        groups.nowMs = 2_000;
        explained("billing", Verdict.VERDICT_MOVING);
        groups.nowMs = 20_000;
        explained("billing", Verdict.VERDICT_NOT_COMMITTING);
    }

    /** What a member said of its former stay in the partition says nothing of this one. */
    @Test
    void shouldNotBelieveWhatWasSaidOfAnEarlierAssignment() {
        groups.join("billing", "a", "orders");
        groups.says("billing", "orders", 0, 60, 30_000, "full", 20, 0, "");
        groups.join("billing", "a", "orders");

        explained("billing", Verdict.VERDICT_MOVING);
    }

    @Test
    void shouldFindThatAPartitionHasNoLeaderAndStillTellOfTheOthers() {
        groups.join("billing", "a", "orders");
        groups.commit("billing", "orders", 0, 40);
        groups.commit("billing", "orders", 1, 0);
        int group = groups.image("billing").shard();
        int number = shardOf(0) == group ? 1 : 0;
        groups.broker.moveAway(shardOf(number), 0);

        GroupPartition row = groups.describe("billing").getPartitions(number);
        assertThat(row.getVerdict()).isEqualTo(Verdict.VERDICT_NO_LEADER);
        assertThat(row.getEvidence()).contains("which partition orders/" + number + " is on");
        assertThat(row.hasLogEndOffset()).isFalse();
        assertThat(row.hasLagRecords()).isFalse();
        assertThat(row.getCommittedOffset()).isEqualTo(number == 0 ? 40 : 0);
        assertThat(groups.describe("billing").getPartitions(1 - number).hasLogEndOffset()).isTrue();
    }

    /** A leader that cannot reach a majority any more does not know that it leads. */
    @Test
    void shouldLeaveOutPartitionsWhoseLeaderIsNotSure() {
        groups.join("billing", "a", "orders");
        groups.broker.dataShards.forEach(
                shard ->
                        shard.barrier =
                                CompletableFuture.failedFuture(new IllegalStateException("alone")));

        explained("billing", Verdict.VERDICT_NO_LEADER);
    }

    @Test
    void shouldDescribeFromAReplicaThatTheGroupHasNoCoordinator() {
        groups.join("billing", "a", "orders");
        groups.commit("billing", "orders", 0, 40);
        int shard = groups.image("billing").shard();
        groups.broker.dataShards.stream()
                .filter(one -> one.id() == shard)
                .forEach(one -> one.leading = false);

        DescribeGroupResponse described = groups.describe("billing");
        assertThat(described.getGroup().getCoordinatorNode()).isZero();
        assertThat(described.getMembersCount()).isEqualTo(1);
        assertThat(described.getPartitionsList())
                .extracting(GroupPartition::getVerdict)
                .containsOnly(Verdict.VERDICT_NO_LEADER);
        assertThat(described.getPartitions(0).getCommittedOffset()).isEqualTo(40);
        assertThat(described.getPartitions(0).getEvidence())
                .contains("shard " + shard + ", which the group lives on");
    }

    @Test
    void shouldFindThatAQueueIsPausedOrStoppedItself() {
        groups.join("work", "a", "orders");
        groups.openQueue("work", "orders", 0, 0, 1, 2);
        queueIs(statistics("", -1, 0, false, true, true));
        assertThat(explained("work", Verdict.VERDICT_PAUSED).getEvidence())
                .contains("too many of the last 100", "`millrace dlq list work`");

        queueIs(statistics("", -1, 0, false, true, false));
        groups.apply(new PauseGroup(groups.image("work").groupId(), true));
        assertThat(explained("work", Verdict.VERDICT_PAUSED).getEvidence())
                .isEqualTo("the group is paused; 97 records are not done");
    }

    @Test
    void shouldFindWhoseDeliveriesRunOutOfTime() {
        groups.join("work", "a", "orders");
        groups.openQueue("work", "orders", 0, 0, 1, 2, 5);
        queueIs(statistics("a", 17, 4, false, true, false));

        GroupPartition row = explained("work", Verdict.VERDICT_LEASE_EXPIRED);
        assertThat(row.getEvidence()).contains("record 17", "4 times", "member a");
        assertThat(row.getAdvice())
                .isEqualTo("millrace subscribe orders --partition 0 --from 17 --count 1");
        assertThat(row.getCommittedOffset()).isEqualTo(3);
        assertThat(row.getLagRecords()).isEqualTo(96);
        assertThat(row.getLagMs()).isEqualTo(49_000);
    }

    @Test
    void shouldFindWhatElseHoldsAQueueUp() {
        groups.join("work", "a", "orders");
        groups.openQueue("work", "orders", 0, 0);
        queueIs(statistics("", -1, 0, true, true, false));
        explained("work", Verdict.VERDICT_THROTTLED);
        queueIs(statistics("", -1, 0, false, false, false));
        explained("work", Verdict.VERDICT_OUT_OF_CREDIT);
        queueIs(statistics("", -1, 0, false, true, false));
        explained("work", Verdict.VERDICT_MOVING);
        groups.queues.clear();
        assertThat(explained("work", Verdict.VERDICT_NO_MEMBER).getEvidence())
                .contains("1 member follows topic orders, and nobody receives from it");
    }

    /** The group itself does not know what it has received from; the partitions' leaders do. */
    @Test
    void shouldTellOfQueuesThatNobodyFollowsAnyMore() {
        groups.broker.create("work.dlq", 1);
        groups.openQueue("work", "orders", 0, 0, 1, 2, 3);
        groups.openQueue("work", "work.dlq", 0);

        DescribeGroupResponse described = groups.describe("work");
        assertThat(described.getPartitionsList())
                .extracting(GroupPartition::getTopic)
                .containsExactly("orders");
        assertThat(described.getPartitions(0).getLagRecords()).isEqualTo(96);
        assertThat(described.getPartitions(0).getVerdict()).isEqualTo(Verdict.VERDICT_NO_MEMBER);
    }

    @Test
    void shouldFindThatAQueueIsDone() throws IOException {
        groups.broker.create("few", 1);
        groups.broker.append("few", 0, 2);
        MemberStay stay = groups.join("work", "a", "few");
        groups.openQueue("work", "few", 0, 0, 1);

        assertThat(stay.memberId()).isEqualTo("a");
        explained("work", Verdict.VERDICT_CAUGHT_UP);
    }

    private GroupPartition explained(String group, Verdict verdict) {
        List<GroupPartition> rows = groups.describe(group).getPartitionsList();
        assertThat(rows.get(0).getVerdict()).as(rows.get(0).getEvidence()).isEqualTo(verdict);
        return rows.get(0);
    }

    private void append(int number) {
        try {
            groups.broker.append("orders", number, 5);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private int shardOf(int number) {
        return groups.map().topic("orders").orElseThrow().partitions().get(number).shard();
    }

    private void queueIs(QueueStatistics statistics) {
        groups.queues.put(groups.queue("work", "orders", 0), statistics);
    }

    private static QueueStatistics statistics(
            String expiredWith,
            long expired,
            int times,
            boolean crowded,
            boolean credit,
            boolean breakerOpen) {
        return new QueueStatistics(
                3,
                40,
                5,
                1,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                -1,
                "",
                0,
                1,
                credit ? 1 : 0,
                credit ? 0 : 1,
                false,
                crowded,
                false,
                breakerOpen,
                expired,
                times,
                expiredWith,
                0,
                10,
                4);
    }
}
