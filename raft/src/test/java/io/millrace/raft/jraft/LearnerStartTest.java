package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Members;
import io.millrace.raft.jraft.Brokers.Broker;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A learner of a shard with one voter. What it was sent the voter may not have forced yet, and may
 * forget: after a restart the learner must apply it when it is told that it is committed, and no
 * sooner. jraft would take it for committed already, and not listen.
 */
@Timeout(90)
final class LearnerStartTest {

    @TempDir Path directory;

    private Brokers brokers;
    private Broker voter;
    private Broker learner;

    @BeforeEach
    void open() throws Exception {
        brokers = new Brokers(directory);
        brokers.found(1);
        learner = brokers.join(2, 12);
        voter = brokers.leader();
        brokers.change(new Members(Brokers.members(1), Brokers.members(2)));
        brokers.write(5);
        brokers.awaitCaughtUp(2);
    }

    @AfterEach
    void close() throws Exception {
        brokers.close();
    }

    private void assertAppliesNothingByItself(int before) {
        await().during(1, TimeUnit.SECONDS)
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> learner.machine.lines.size() == before);
        assertThat(learner.shard.status().members())
                .isEqualTo(new Members(Brokers.members(1), Brokers.members(2)));
    }

    @Test
    void shouldApplyWhatIsCommittedAlsoWhenNobodyWrites() throws Exception {
        brokers.restart(2);

        brokers.awaitCaughtUp(2);
        assertThat(learner.machine.lines).hasSize(5);
    }

    @Test
    void shouldNotTakeWhatItHasForCommitted() throws Exception {
        brokers.stop(1);

        brokers.restart(2);

        assertAppliesNothingByItself(0);
        brokers.restart(1);
        brokers.write(3);
        brokers.awaitCaughtUp(2);
        assertThat(learner.machine.lines).hasSize(8);
    }

    @Test
    void shouldNotTakeWhatFollowsItsCheckpointForCommitted() throws Exception {
        brokers.checkpoint(2);
        brokers.write(5);
        brokers.awaitCaughtUp(2);
        brokers.stop(1);

        brokers.restart(2);

        assertAppliesNothingByItself(5);
        brokers.restart(1);
        brokers.write(3);
        brokers.awaitCaughtUp(2);
        assertThat(brokers.checkpoint(2)).isGreaterThan(10);
        List<String> lines = List.copyOf(learner.machine.lines);
        brokers.restart(2);
        brokers.awaitCaughtUp(2);
        assertThat(learner.machine.lines).isEqualTo(lines);
    }
}
