package io.millrace.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.perf.driver.Durability;
import io.millrace.perf.driver.MemoryDriver;
import io.millrace.perf.driver.MemoryDriver.Mistake;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RecoveryTest {
    /** The clock runs so much faster than the wall, as an operator's patience is long. */
    private static final int FASTER = 20;

    private static final long MENDED_MS = 200;

    private final List<String> orders = new ArrayList<>();
    private MemoryDriver driver = new MemoryDriver();
    private boolean mends = true;

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void shouldTellWhenAllPartitionsAcknowledgeAgainAndWhenAllIsWhole() throws Exception {
        Findings findings = run(Work.RESTART);

        assertThat(orders).containsExactly("kill 1", "kill 2", "kill 3", "launch");
        Recovery recovery = findings.recovery();
        assertThat(recovery.acknowledgedSeconds()).isPositive().isLessThan(recovery.wholeSeconds());
        assertThat(recovery.wholeSeconds()).isGreaterThan(FASTER * (MENDED_MS - 50) / 1e3);
        assertThat(recovery.bytes()).isEqualTo(500 * 100);
        assertThat(findings.verification().received())
                .as("the backlog, and one for each partition")
                .isEqualTo(500 + 4);
        assertThat(findings.verification().good()).isTrue();
        assertThat(findings.verification().foreign()).isZero();
    }

    @Test
    void shouldTakeTheDataOfABrokerThatIsMissed() throws Exception {
        Findings findings = run(Work.CATCH_UP);

        assertThat(orders).containsExactly("kill 3", "wipe 3", "launch");
        assertThat(findings.recovery().acknowledgedSeconds()).isNull();
        assertThat(findings.recovery().wholeSeconds())
                .isGreaterThan(FASTER * (MENDED_MS - 50) / 1e3);
        assertThat(findings.verification().received()).isEqualTo(500);
    }

    @Test
    void shouldFindWhatIsLost() throws Exception {
        driver = new MemoryDriver(Durability.FSYNC_MAJORITY, Mistake.LOSE, 100);
        assertThat(run(Work.CATCH_UP).verification().lost()).isEqualTo(1);

        driver = new MemoryDriver(Durability.FSYNC_MAJORITY, Mistake.LOSE, 502);
        assertThat(run(Work.RESTART).verification().lost())
                .as("acknowledged after the restart")
                .isEqualTo(1);
    }

    @Test
    void shouldNotWaitForEver() {
        mends = false;
        assertThatThrownBy(() -> run(Work.CATCH_UP))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("all replicas are whole again: not within 20 s");
    }

    @Test
    void shouldEndWhenAPartitionDoesNotAcknowledge() {
        driver = new MemoryDriver(Durability.FSYNC_MAJORITY, Mistake.REFUSE, 501);
        assertThatThrownBy(() -> run(Work.RESTART))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not every partition acknowledged a record")
                .hasMessageContaining("refused by the test");
    }

    private Findings run(Work work) throws Exception {
        Spec spec = Specs.of(work, 4, 0, 0, 1, 500, 20);
        RunClock clock = new RunClock(() -> FASTER * System.nanoTime());
        LoadRun run = new LoadRun(spec, driver, clock, new Hands(), 256);
        try (Load load = Load.of(run)) {
            load.prepare();
            load.warmUp();
            load.measure();
            return load.judge();
        }
    }

    /** Breaks the replicas, and mends them after a while. */
    private final class Hands implements Operator {
        @Override
        public void kill(int node) {
            orders.add("kill " + node);
            driver.leadership().setBroken(true);
        }

        @Override
        public void restart(int node) {
            throw new AssertionError("each broker would wait for the others");
        }

        @Override
        public void wipe(int node) {
            orders.add("wipe " + node);
        }

        @Override
        public void launch() {
            orders.add("launch");
            if (mends) {
                CompletableFuture.delayedExecutor(MENDED_MS, TimeUnit.MILLISECONDS)
                        .execute(() -> driver.leadership().setBroken(false));
            }
        }
    }
}
