package io.millrace.perf.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.perf.driver.Durability;
import io.millrace.perf.driver.MemoryDriver;
import io.millrace.perf.driver.MemoryDriver.Mistake;
import io.millrace.perf.measure.Verification;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FailoverTest {
    private static final long ELECTION_MS = 300;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private MemoryDriver driver = new MemoryDriver();

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void shouldMeasureHowLongNothingIsAcknowledgedAfterAKill() throws Exception {
        Findings findings = run(Work.KILL_LEADER);

        List<Failover> failovers = findings.failovers();
        assertThat(failovers).extracting(Failover::from).containsExactly(1, 2);
        assertThat(failovers).extracting(Failover::to).containsExactly(2, 3);
        assertThat(failovers)
                .allSatisfy(
                        failover -> {
                            assertThat(failover.ackGapMs()).isGreaterThan(ELECTION_MS - 50);
                            assertThat(failover.deliveryGapMs()).isGreaterThan(ELECTION_MS - 50);
                            assertThat(failover.returnAckGapMs())
                                    .as("only since another leads")
                                    .isLessThan(ELECTION_MS - 50);
                            assertThat(failover.wholeSeconds()).isNotNegative();
                        });
        assertThat(failovers.get(1).startSeconds())
                .isGreaterThan(failovers.get(0).startSeconds() + ELECTION_MS / 1e3);
        assertAccountedFor(findings);
    }

    @Test
    void shouldMoveTheLeadershipInOrder() throws Exception {
        Findings findings = run(Work.MOVE_LEADER);

        assertThat(findings.failovers()).extracting(Failover::from).containsExactly(1, 2);
        assertThat(findings.failovers()).extracting(Failover::to).containsExactly(2, 3);
        assertThat(findings.failovers())
                .allSatisfy(
                        failover -> {
                            assertThat(failover.ackGapMs()).isPositive();
                            assertThat(failover.wholeSeconds()).isNull();
                            assertThat(failover.returnAckGapMs()).isNull();
                        });
        assertAccountedFor(findings);
    }

    @Test
    void shouldFindWhatIsLost() throws Exception {
        driver = new MemoryDriver(Durability.FSYNC_MAJORITY, Mistake.LOSE, 400);
        Verification lost = run(Work.KILL_LEADER).verification();
        assertThat(lost.lost()).as("neither the subscriber got it nor who read again").isEqualTo(2);

        driver = new MemoryDriver(Durability.FSYNC_MAJORITY, Mistake.DOUBLE, 400);
        assertThat(run(Work.MOVE_LEADER).verification().doubled()).isEqualTo(2);
    }

    @Test
    void shouldEndWhenARecordFails() {
        driver = new MemoryDriver(Durability.FSYNC_MAJORITY, Mistake.REFUSE, 400);
        assertThatThrownBy(() -> run(Work.KILL_LEADER))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 records failed; the first failure: refused by the test");
    }

    @Test
    void shouldAskForABrokerByALine() throws Exception {
        operator("done\ndone\nno\n").kill(2);
        assertThat(out.toString(UTF_8)).isEqualTo("KILL 2\n");
        operator("done\n").restart(3);
        operator("done\n").wipe(1);
        operator("done\n").launch();
        assertThat(out.toString(UTF_8)).isEqualTo("KILL 2\nRESTART 3\nWIPE 1\nLAUNCH\n");

        assertThatThrownBy(() -> operator("no\n").kill(1))
                .isInstanceOf(IOException.class)
                .hasMessage("KILL 1 was answered by \"no\"");
        assertThatThrownBy(() -> operator("").restart(1))
                .isInstanceOf(IOException.class)
                .hasMessage("RESTART 1 was answered by the end of stdin");
    }

    private Findings run(Work work) throws Exception {
        Operator operator =
                new Operator() {
                    @Override
                    public void kill(int node) {
                        driver.leadership().kill(node, ELECTION_MS);
                    }

                    @Override
                    public void restart(int node) {
                        driver.leadership().restart(node);
                    }

                    @Override
                    public void wipe(int node) {
                        throw new AssertionError("nobody loses data");
                    }

                    @Override
                    public void launch() {
                        throw new AssertionError("one at a time");
                    }
                };
        LoadRun run =
                new LoadRun(Specs.of(work), driver, new RunClock(System::nanoTime), operator, 256);
        try (Load load = Load.of(run)) {
            load.prepare();
            load.warmUp();
            load.measure();
            return load.judge();
        }
    }

    private OperatorLine operator(String answers) {
        return new OperatorLine(
                new BufferedReader(new StringReader(answers)), new PrintStream(out, true, UTF_8));
    }

    private static void assertAccountedFor(Findings findings) {
        Verification verification = findings.verification();
        long records = findings.published().records();
        assertThat(findings.failures().none()).isTrue();
        assertThat(verification.good()).isTrue();
        assertThat(verification.foreign()).isZero();
        assertThat(verification.expected()).as("followed, and read again").isEqualTo(2 * records);
        assertThat(findings.received().records()).isEqualTo(records);
    }
}
