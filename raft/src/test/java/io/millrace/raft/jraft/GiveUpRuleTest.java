package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.jraft.GiveUpRule.Replica;
import io.millrace.raft.wal.WalUsage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** L2: one replica must not keep all others of its broker from writing. */
final class GiveUpRuleTest {

    private static final WalUsage FULL = MemoryJournal.filled(96, 1);
    private static final long RESERVE = 5L << 30;

    private final GiveUpRule rule = new GiveUpRule(1_000);

    private Optional<Integer> next(WalUsage usage, Replica... replicas) {
        return rule.next(List.of(replicas), usage, RESERVE);
    }

    @Test
    void shouldGiveUpAFailedReplicaThatKeepsAllFromWriting() {
        assertThat(next(FULL, new Replica(9, 20_000, true, 0), new Replica(1, 20_000, true, 999)))
                .hasValue(1);
    }

    @Test
    void shouldWaitUntilNobodyCanWrite() {
        assertThat(next(MemoryJournal.filled(94, 1), new Replica(1, 20_000, true, 0))).isEmpty();
    }

    @Test
    void shouldNotGiveUpAReplicaThatWorks() {
        assertThat(next(FULL, new Replica(1, 0, true, 0))).isEmpty();
    }

    @Test
    void shouldNotGiveUpWhatTheOthersNeed() {
        assertThat(next(FULL, new Replica(1, 20_000, false, 0))).isEmpty();
    }

    /** What it heard may be the last word of a leader that failed at the same entry. */
    @Test
    void shouldWaitUntilItIsSureThatOthersGoOn() {
        assertThat(next(FULL, new Replica(1, 9_000, true, 0))).isEmpty();
    }

    /** A poison entry stops all replicas at once: each still has what nobody else serves. */
    @Test
    void shouldNotGiveUpAReplicaWithoutALeaderElsewhere() {
        assertThat(next(FULL, new Replica(1, 20_000, true, 1_000))).isEmpty();
    }
}
