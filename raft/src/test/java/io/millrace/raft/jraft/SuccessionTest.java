package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.Member;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SuccessionTest {

    private static final long STEP = 100;

    private final Succession succession = new Succession(STEP);

    private static PeerId peer(int node) {
        return ReplicaAddress.peer(new Member(node, 10 + node));
    }

    @Test
    void shouldRankThoseThatAreLeft() {
        List<PeerId> voters = List.of(peer(3), peer(1), peer(2));

        assertThat(Succession.rank(voters, peer(3), 1)).isZero();
        assertThat(Succession.rank(voters, peer(2), 1)).isEqualTo(1);
        assertThat(Succession.rank(voters, peer(2), 3)).isEqualTo(1);
        assertThat(Succession.rank(voters, peer(7), 3)).isNegative();
    }

    @Test
    void shouldStandAtOnceOrAStepAfterEachOfTheOthers() {
        assertThat(succession.delayNanos(5, 0, 1_000)).isZero();
        assertThat(new Succession(STEP).delayNanos(5, 2, 1_000)).isEqualTo(2 * STEP);
    }

    @Test
    void shouldStandAFewTimesInATerm() {
        int stood = 0;
        for (long now = 0; now < 100 * STEP; now += 10) {
            if (succession.delayNanos(5, 1, now) >= 0) {
                stood++;
            }
        }

        assertThat(stood).isEqualTo(4);
        assertThat(succession.delayNanos(6, 0, 100 * STEP)).isZero();
    }

    @Test
    void shouldLeaveTimeForAnElectionBetweenTwoTries() {
        succession.delayNanos(5, 1, 0);

        assertThat(succession.delayNanos(5, 1, 3 * STEP - 1)).isNegative();
        assertThat(succession.delayNanos(5, 1, 3 * STEP)).isZero();
    }
}
