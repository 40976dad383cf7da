package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.joining;
import static io.millrace.broker.group.GroupFixture.joiningIn;
import static io.millrace.broker.group.GroupFixture.partition;
import static io.millrace.broker.group.GroupFixture.weighing;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AssignorTest {

    private final GroupFixture sticky = GroupFixture.stream();

    @Test
    void shouldMoveNoMoreThanEvenSharesNeed() {
        sticky.topics(GroupTopic.of(1, "orders", 7), GroupTopic.of(2, "bills", 5));
        sticky.join("a");
        sticky.join("b");
        assertThat(sticky.moving()).isEqualTo(6);
        sticky.releaseAll();
        sticky.join("c");
        assertThat(sticky.moving()).isEqualTo(4);
        sticky.releaseAll();
        sticky.join("d");
        assertThat(sticky.moving()).isEqualTo(3);
        sticky.releaseAll();
        sticky.join("e");
        assertThat(sticky.moving()).isEqualTo(2); // 3 3 2 2 2
        sticky.releaseAll();

        assertThat(sticky.shares().values()).containsExactlyInAnyOrder(3, 3, 2, 2, 2);
    }

    @Test
    void shouldMoveNothingWhenAMemberLeavesButItsOwn() {
        sticky.topics(GroupTopic.of(1, "orders", 32));
        MemberStay gone = sticky.join("m0");
        IntStream.range(1, 8).forEach(i -> sticky.join("m" + i));
        sticky.releaseAll();
        Map<PartitionKey, Ownership> before = sticky.state().owners();

        sticky.expire(gone);

        before.forEach(
                (partition, owner) -> {
                    if (!owner.memberId().equals("m0")) {
                        assertThat(sticky.owner(partition)).isEqualTo(owner);
                    }
                });
        assertThat(Collections.max(sticky.shares().values())).isEqualTo(5);
        assertThat(Collections.min(sticky.shares().values())).isEqualTo(4);
    }

    @Test
    void shouldShareByWeight() {
        sticky.topics(GroupTopic.of(1, "orders", 10));
        sticky.joinAll(weighing(100, "small"), weighing(300, "large"), weighing(100, "other"));

        assertThat(sticky.shares())
                .isEqualTo(new TreeMap<>(Map.of("small", 2, "large", 6, "other", 2)));
    }

    @Test
    void shouldShareWhatDoesNotComeOutEvenWithinOne() {
        sticky.topics(GroupTopic.of(1, "orders", 10));
        sticky.joinAll(weighing(1, "a"), weighing(2, "b"), weighing(4, "c"));

        assertThat(sticky.shares()).isEqualTo(new TreeMap<>(Map.of("a", 1, "b", 3, "c", 6)));
    }

    @Test
    void shouldSpreadEachTopic() {
        sticky.topics(GroupTopic.of(1, "hot", 4), GroupTopic.of(2, "cold", 4));
        sticky.join("a");
        sticky.join("b");
        sticky.releaseAll();

        assertThat(
                        sticky.state().assignment("a").held().stream()
                                .filter(one -> one.partition().topicId() == 1))
                .hasSize(2);
    }

    @Test
    void shouldShareTopicsAmongThoseWhoFollowThem() {
        sticky.topics(
                GroupTopic.of(1, "orders", 4),
                GroupTopic.of(2, "bills", 4),
                GroupTopic.of(3, "nobodys", 4));
        sticky.joinAll(joining("a", "orders", "bills"), joining("b", "bills"), joining("c", "x*"));

        assertThat(sticky.shares()).isEqualTo(new TreeMap<>(Map.of("a", 6, "b", 2, "c", 0)));
        assertThat(sticky.owner(partition(3, 0))).isNull();
    }

    @Test
    void shouldNotGiveAllOddPartitionsToTheSameMember() {
        sticky.topics(
                IntStream.rangeClosed(1, 6)
                        .mapToObj(i -> GroupTopic.of(i, "t" + i, 1))
                        .toArray(GroupTopic[]::new));
        // each topic is followed by another set of members
        sticky.joinAll(
                joining("a", "t1", "t2", "t3", "t4", "t5", "t6"),
                joining("b", "t1", "t2", "t3", "t4", "t5"),
                joining("c", "t1", "t2", "t3", "t4"));

        assertThat(Collections.max(sticky.shares().values())).isEqualTo(2);
    }

    @Test
    void shouldRedirectWhatIsOnItsWayRatherThanTakeMore() {
        sticky.topics(GroupTopic.of(1, "orders", 6));
        sticky.join("a");
        sticky.join("b");
        assertThat(sticky.moving()).isEqualTo(3);

        sticky.join("c");

        assertThat(sticky.moving()).isEqualTo(4);
        assertThat(sticky.shares()).containsEntry("a", 2).containsEntry("b", 2);
    }

    @Test
    void shouldGiveNeighboursToOneMember() {
        GroupFixture range = GroupFixture.stream("assignor", "range");
        range.topics(GroupTopic.of(1, "orders", 7), GroupTopic.of(2, "bills", 2));
        range.joinAll(joining("c"), joining("a"), joining("b"));

        assertThat(range.state().owners().values().stream().map(Ownership::memberId))
                .containsExactly("a", "a", "b", "b", "c", "c", "c", "b", "c");
    }

    @Test
    void shouldPreferMembersInTheRacksOfTheReplicas() {
        GroupFixture rack = GroupFixture.stream("assignor", "rack");
        rack.topics(
                new GroupTopic(
                        1,
                        "orders",
                        6,
                        6,
                        List.of(
                                List.of("x"),
                                List.of("x"),
                                List.of("y"),
                                List.of("y"),
                                List.of("z"),
                                List.of("z"))));
        rack.join(joiningIn("x", "a"));
        rack.join(joiningIn("y", "b"));
        rack.releaseAll();
        rack.join(joiningIn("z", "c"));
        rack.releaseAll();

        assertThat(rack.state().owners().values().stream().map(Ownership::memberId))
                .containsExactly("a", "a", "b", "b", "c", "c");
    }

    @Test
    void shouldNeverGiveMoreThanItsShareToAMemberThatIsNear() {
        GroupFixture rack = GroupFixture.stream("assignor", "rack");
        rack.topics(
                new GroupTopic(
                        1, "orders", 4, 4, List.of(List.of("x"), List.of("x"), List.of("x", "y"))));
        rack.joinAll(joiningIn("x", "a"), joiningIn("y", "b"), joiningIn("", "c"), joining("d"));

        assertThat(rack.shares().values()).containsOnly(1);
        assertThat(rack.owner(partition(1, 2)).memberId()).isEqualTo("b");
    }
}
