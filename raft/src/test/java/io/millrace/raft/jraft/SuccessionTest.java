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
        assertThat(succession.isDue(5, 0, 1_000)).isTrue();

        Succession third = new Succession(STEP);
        assertThat(third.isDue(5, 2, 1_000)).isFalse();
        assertThat(third.isDue(5, 2, 1_000 + 2 * STEP - 1)).isFalse();
        assertThat(third.isDue(5, 2, 1_000 + 2 * STEP)).isTrue();
    }

    @Test
    void shouldStandAFewTimesInATerm() {
        int stood = 0;
        for (long now = 0; now < 100 * STEP; now += 10) {
            if (succession.isDue(5, 1, now)) {
                stood++;
            }
        }

        assertThat(stood).isEqualTo(3);
        assertThat(succession.isDue(6, 0, 100 * STEP)).isTrue();
    }

    @Test
    void shouldNotStandAgainstTheOneThatIsAboutToBeElected() {
        succession.isDue(5, 1, 0);
        succession.granted(STEP - 1);

        assertThat(succession.isDue(5, 1, 4 * STEP)).isFalse();
        assertThat(succession.isDue(5, 1, 5 * STEP)).isTrue();
    }

    /** It was asked a moment too early: the first one would try again much later. */
    @Test
    void shouldStandAtOnceIfTheFirstOneHasAskedInVain() {
        succession.refused(900);

        assertThat(succession.isDue(5, 1, 1_000)).isTrue();
    }

    @Test
    void shouldForgetWhoAskedLongAgo() {
        succession.refused(900);

        assertThat(succession.isDue(5, 1, 900 + 4 * STEP)).isFalse();
    }

    @Test
    void shouldKeepToWhatItGrantedBeforeItKnewThatTheLeaderIsGone() {
        succession.granted(900);

        assertThat(succession.isDue(5, 0, 1_000)).isFalse();
        assertThat(succession.isDue(5, 0, 900 + 4 * STEP)).isTrue();
    }
}
