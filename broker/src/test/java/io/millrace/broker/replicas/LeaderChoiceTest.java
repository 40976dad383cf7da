package io.millrace.broker.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.ShardStatus.Follower;
import io.millrace.raft.ShardStatus.Role;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LeaderChoiceTest {

    private static final Member ONE = new Member(1, 11);
    private static final Member TWO = new Member(2, 12);
    private static final Member THREE = new Member(3, 13);
    private static final long END = 10_000;

    @Test
    void shouldHandOverToThePreferredOneThatHasCaughtUp() {
        assertThat(choice(List.of(2, 1, 3), Set.of(1, 2, 3), near(TWO), near(THREE))).contains(2);
    }

    @Test
    void shouldGoOnLeadingIfItIsPreferred() {
        assertThat(choice(List.of(1, 2, 3), Set.of(1, 2, 3), near(TWO), near(THREE))).isEmpty();
    }

    @Test
    void shouldNotHandOverToOneThatLagsOrIsSilentOrIsSentACheckpoint() {
        Follower lags = new Follower(TWO, END - LeaderChoice.NEAR_ENTRIES - 1, 10, false);
        Follower silent = new Follower(TWO, END, LeaderChoice.SILENT_MS + 1, false);
        Follower installing = new Follower(TWO, END, 10, true);
        for (Follower unready : List.of(lags, silent, installing)) {
            assertThat(choice(List.of(2, 1, 3), Set.of(1, 2, 3), unready, near(THREE))).isEmpty();
        }
    }

    @Test
    void shouldNotHandOverToOneThatIsNotFit() {
        assertThat(choice(List.of(2, 3, 1), Set.of(1, 3), near(TWO), near(THREE))).contains(3);
        assertThat(choice(List.of(2, 1, 3), Set.of(1, 3), near(TWO), near(THREE))).isEmpty();
    }

    @Test
    void shouldLeaveTheLeadToAnyoneIfItIsNotFitItself() {
        assertThat(choice(List.of(1, 2, 3), Set.of(3), near(TWO), near(THREE))).contains(3);
    }

    @Test
    void shouldGoOnLeadingIfNobodyElseCan() {
        assertThat(choice(List.of(1, 2, 3), Set.of(), near(TWO), near(THREE))).isEmpty();
        assertThat(choice(List.of(2, 1, 3), Set.of(1, 2, 3))).isEmpty();
    }

    @Test
    void shouldNotHandOverToALearner() {
        ShardStatus status =
                status(new Members(List.of(ONE, THREE), List.of(TWO)), List.of(near(TWO)));
        assertThat(LeaderChoice.successor(List.of(2, 1, 3), Set.of(1, 2, 3), 1, status)).isEmpty();
    }

    private static Follower near(Member member) {
        return new Follower(member, END - LeaderChoice.NEAR_ENTRIES, 10, false);
    }

    private static Optional<Integer> choice(
            List<Integer> preference, Set<Integer> fit, Follower... followers) {
        return LeaderChoice.successor(
                preference, fit, 1, status(Members.voting(ONE, TWO, THREE), List.of(followers)));
    }

    private static ShardStatus status(Members members, List<Follower> followers) {
        return new ShardStatus(4, Role.LEADER, 7, 1, members, followers, END, END, 5, 1, END, "");
    }
}
