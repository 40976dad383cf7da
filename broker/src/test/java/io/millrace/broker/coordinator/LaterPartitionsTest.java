package io.millrace.broker.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.v1.HeldPartition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What came into being while a group followed it is the group's from its first record on: members
 * that begin at the end must not skip what was published before they heard of it.
 */
final class LaterPartitionsTest {

    private final CoordinatingBroker broker = new CoordinatingBroker();

    @Test
    void shouldTellWhatATopicHasGrownBy() {
        FakeMember member = broker.member("a");
        assertThat(member.held()).hasSize(4);
        assertThat(later(member)).isEmpty();

        broker.grow("t", 6);
        broker.settle();

        assertThat(member.held()).hasSize(6);
        assertThat(later(member)).containsExactly("t/4", "t/5");
    }

    @Test
    void shouldTellTopicsThatAPatternMatchesLater() {
        broker.topic("orders.eu", 2);
        FakeMember member = joined("a", "orders.*");
        broker.topic("orders.us", 2);
        broker.settle();

        assertThat(member.held()).hasSize(4);
        assertThat(later(member)).containsExactly("orders.us/0", "orders.us/1");
    }

    @Test
    void shouldTellATopicThatIsMadeAfterSomebodyFollowsIt() {
        FakeMember member = joined("a", "bills");
        broker.topic("bills", 1);
        broker.settle();

        assertThat(later(member)).containsExactly("bills/0");

        broker.delete("bills");
        broker.topic("bills", 2);
        broker.settle();

        assertThat(later(member)).containsExactly("bills/0", "bills/1");
    }

    @Test
    void shouldKnowWhatWasThereWhenAnOldGroupBeganToFollowIt() {
        FakeMember first = broker.member("a");
        broker.topic("bills", 2);
        broker.settle();

        FakeMember second = joined("b", "bills");

        assertThat(second.held()).hasSize(2);
        assertThat(later(second)).as("nobody followed it when it was made").isEmpty();
        assertThat(later(first)).isEmpty();
        broker.grow("bills", 3);
        broker.settle();
        assertThat(later(second)).containsExactly("bills/2");
    }

    @Test
    void shouldGoOnToFollowWhileNoMemberIsThere() {
        FakeMember member = joined("a", "t", "orders.*");
        member.leave(false);
        broker.settle();
        broker.topic("orders.eu", 1);
        broker.grow("t", 5);
        broker.pass(Duration.ofSeconds(30));

        FakeMember back = joined("b", "t", "orders.*");

        assertThat(back.held()).hasSize(6);
        assertThat(later(back)).containsExactlyInAnyOrder("t/4", "orders.eu/0");
    }

    @Test
    void shouldKnowSinceWhenWhateverTheNextOnesFollow() {
        FakeMember member = joined("a", "orders.*");
        broker.topic("orders.eu", 1);
        broker.settle();
        FakeMember next = joined("b", "orders.eu");
        member.leave(false);
        broker.settle();

        assertThat(later(next)).containsExactly("orders.eu/0");
    }

    @Test
    void shouldTellTheSameUnderAnotherCoordinator() {
        FakeMember member = joined("a", "t", "orders.*");
        broker.shard.resign(true);
        broker.run();
        broker.topic("orders.eu", 1);
        broker.grow("t", 5);
        broker.shard.lead();
        broker.settle();

        FakeMember again = new FakeMember(broker, "a");
        again.join(
                FakeMember.joinOf("a", "t", "orders.*")
                        .setMemberEpoch(member.joined().getMemberEpoch()));
        broker.settle();

        assertThat(later(again)).containsExactlyInAnyOrder("t/4", "orders.eu/0");
    }

    @Test
    void shouldTellMembersOfAQueueToo() {
        broker.createGroup(true, Map.of("start", "latest"));
        FakeMember member = new FakeMember(broker, "a");
        member.join(FakeMember.joinOf("a").setMode(io.millrace.v1.GroupMode.GROUP_MODE_QUEUE));
        broker.settle();
        broker.grow("t", 5);
        broker.settle();

        assertThat(member.held()).hasSize(5);
        assertThat(later(member)).containsExactly("t/4");
    }

    private FakeMember joined(String id, String... topics) {
        FakeMember member = new FakeMember(broker, id);
        member.join(FakeMember.joinOf(id, topics));
        broker.settle();
        return member;
    }

    private static List<String> later(FakeMember member) {
        return member.assignment().getHeldList().stream()
                .filter(HeldPartition::getFromFirstRecord)
                .map(one -> one.getPartition().getTopic() + "/" + one.getPartition().getPartition())
                .toList();
    }
}
