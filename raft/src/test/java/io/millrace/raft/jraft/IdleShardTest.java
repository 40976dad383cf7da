package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.OverloadException;
import io.millrace.raft.ShardStanding;
import io.millrace.raft.ShardStatus.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class IdleShardTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** A clock may begin anywhere. */
    private long now = Long.MAX_VALUE - SECOND;

    private final List<Task> proposed = new ArrayList<>();
    private RuntimeException problem;
    private long leadingTerm;
    private ShardStanding standing = new ShardStanding(Role.FOLLOWER, 4, 2);
    private final IdleShard idle =
            new IdleShard(7, this::propose, () -> leadingTerm, () -> standing);

    private void propose(Task task) {
        if (problem != null) {
            throw problem;
        }
        proposed.add(task);
    }

    private void lead(long term) {
        leadingTerm = term;
        standing = new ShardStanding(Role.LEADER, term, 1);
    }

    private OptionalInt second(boolean waits) {
        now += SECOND;
        return idle.second(waits, now);
    }

    @Test
    void shouldDoNothingWhileNobodyWaits() {
        assertThat(second(false)).isEmpty();
        lead(5);
        assertThat(second(false)).isEmpty();

        assertThat(proposed).isEmpty();
    }

    @Test
    void shouldProposeAnEmptyEntryOfItsTermForAllWhoWait() {
        lead(5);
        idle.awaitElsewhere();
        idle.awaitElsewhere();

        assertThat(second(true)).as("nobody else is to be asked").isEmpty();

        assertThat(proposed).hasSize(1);
        assertThat(proposed.get(0).getData().hasRemaining()).isFalse();
        assertThat(proposed.get(0).getExpectedTerm()).isEqualTo(5);
        second(false);
        assertThat(proposed).as("they have been served").hasSize(1);
    }

    @Test
    void shouldProposeOnceASecondHoweverOftenItIsAsked() {
        lead(5);
        for (int asked = 0; asked < 1_000; asked++) {
            idle.awaitElsewhere();
        }
        second(false);
        idle.awaitElsewhere();
        second(false);

        assertThat(proposed).hasSize(2);
    }

    @Test
    void shouldAskTheLeaderAndNotAgainAndAgain() {
        assertThat(second(true)).hasValue(2);
        for (int i = 1; i < 5; i++) {
            assertThat(second(true)).isEmpty();
        }
        standing = new ShardStanding(Role.FOLLOWER, 5, 3);
        assertThat(second(true)).hasValue(3);

        assertThat(proposed).isEmpty();
    }

    @Test
    void shouldAskNobodyWhileItKnowsNoLeaderOrHasFailed() {
        standing = new ShardStanding(Role.FOLLOWER, 4, 0);
        assertThat(second(true)).isEmpty();
        standing = new ShardStanding(Role.CANDIDATE, 4, 0);
        assertThat(second(true)).isEmpty();
        standing = new ShardStanding(Role.FAILED, 4, 2);
        assertThat(second(true)).isEmpty();

        standing = new ShardStanding(Role.FOLLOWER, 5, 2);
        assertThat(second(true)).as("nothing was asked before").hasValue(2);
    }

    /** It led when it was asked, or the other was wrong. */
    @Test
    void shouldForgetWhatItWasAskedWhileItDoesNotLead() {
        idle.awaitElsewhere();

        assertThat(second(false)).isEmpty();

        lead(6);
        second(false);
        assertThat(proposed).isEmpty();
    }

    /** It was elected, and has not applied yet what was written before. */
    @Test
    void shouldWaitUntilItLeadsForGood() {
        lead(5);
        leadingTerm = 0;
        assertThat(second(true)).isEmpty();
        assertThat(proposed).isEmpty();

        leadingTerm = 5;
        second(true);
        assertThat(proposed).hasSize(1);
    }

    @Test
    void shouldGoOnWhenTheShardIsBusyOrStopping() {
        lead(5);
        problem = new OverloadException("busy");
        assertThatCode(() -> second(true)).doesNotThrowAnyException();
        problem = new IllegalStateException("Node is shutting down");
        assertThatCode(() -> second(true)).doesNotThrowAnyException();
        problem = null;

        second(true);

        assertThat(proposed).hasSize(1);
    }
}
