package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.GROUP;
import static io.millrace.broker.group.GroupFixture.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupCommand.SeekOffsets;
import io.millrace.broker.group.GroupCommand.SeekTarget;
import io.millrace.broker.group.GroupCommand.TopicsChanged;
import io.millrace.broker.group.GroupResult.Done;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.protocol.error.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TopicChangeTest {

    private final GroupFixture group = GroupFixture.stream();

    @Test
    void shouldShareOutNewPartitionsWithoutMovingOthers() {
        group.topics(GroupTopic.of(1, "orders", 4));
        group.join("a");
        group.join("b");
        group.releaseAll();
        List<AssignedPartition> before = group.state().assignment("a").held();

        group.topics(GroupTopic.of(1, "orders", 6), GroupTopic.of(2, "bills", 2));

        assertThat(group.moving()).isZero();
        assertThat(group.state().assignment("a").held()).containsAll(before);
        assertThat(group.shares()).containsEntry("a", 4).containsEntry("b", 4);
    }

    @Test
    void shouldTakeAwayTopicsThatAreGoneAndKeepTheirOffsetsUntilToldOfTheirEnd() {
        group.topics(GroupTopic.of(1, "orders", 2), GroupTopic.of(2, "bills", 2));
        MemberStay a = group.join("a");
        group.commit(a, partition(1, 0), 10);
        group.commit(a, partition(2, 0), 20);

        group.topics(GroupTopic.of(2, "bills", 2));
        assertThat(group.changed).containsExactly("a");
        assertThat(group.state().owners()).containsOnlyKeys(partition(2, 0), partition(2, 1));
        assertThat(group.committed(partition(1, 0))).isEqualTo(10);

        group.apply(
                new TopicsChanged(GROUP, 9, List.of(GroupTopic.of(2, "bills", 2)), List.of(1L)));
        assertThat(group.result).isEqualTo(new Done(true));
        assertThat(group.committed(partition(1, 0))).isEqualTo(-1);
        assertThat(group.committed(partition(2, 0))).isEqualTo(20);
    }

    @Test
    void shouldNotBelieveAnOlderMap() {
        group.apply(topics(5, GroupTopic.of(1, "orders", 2)));
        GroupTable before = group.table;

        group.apply(new TopicsChanged(GROUP, 4, List.of(), List.of(1L)));

        assertThat(group.result).isEqualTo(new Done(false));
        assertThat(group.table).isSameAs(before);
    }

    @Test
    void shouldNotTakeATopicForDeletedThatAnOlderMapDoesNotHaveYet() {
        group.apply(topics(5, GroupTopic.of(1, "orders", 2)));
        group.apply(
                new SeekOffsets(
                        GROUP,
                        1,
                        8,
                        List.of(new SeekTarget(partition(2, 0), 3)),
                        "before a start"));

        group.apply(
                new TopicsChanged(GROUP, 7, List.of(GroupTopic.of(1, "orders", 2)), List.of(2L)));

        assertThat(group.committed(partition(2, 0))).isEqualTo(3);
    }

    @Test
    void shouldNeverLosePartitionsOfATopic() {
        group.topics(GroupTopic.of(1, "orders", 4));
        group.join("a");

        group.topics(GroupTopic.of(1, "orders", 2));

        assertThat(group.state().owners()).hasSize(4);
    }

    @Test
    void shouldRefuseMorePartitionsThanAllowed() {
        group.topics(GroupTopic.of(1, "orders", 2));
        group.apply(topics(9, GroupTopic.of(1, "orders", 2), GroupTopic.of(2, "bills", 9_999)));

        Refused refused = (Refused) group.result;
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_GROUP);
        assertThat(refused.message()).contains("10,001").contains("10,000");
        assertThat(group.state().topics()).containsOnlyKeys(1L);
    }

    @Test
    void shouldTakeATopicThatWasCreatedAnewForAnother() {
        group.topics(GroupTopic.of(1, "orders", 1));
        MemberStay a = group.join("a");
        group.commit(a, partition(1, 0), 10);

        group.apply(
                new TopicsChanged(GROUP, 9, List.of(GroupTopic.of(2, "orders", 1)), List.of(1L)));

        assertThat(group.state().owners()).containsOnlyKeys(partition(2, 0));
        assertThat(group.state().offsets()).isEmpty();
    }

    private static TopicsChanged topics(long mapVersion, GroupTopic... topics) {
        return new TopicsChanged(GROUP, mapVersion, List.of(topics), List.of());
    }
}
