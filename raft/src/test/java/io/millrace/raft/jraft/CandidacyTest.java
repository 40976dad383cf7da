package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.ShardStatus.Role;
import io.millrace.raft.jraft.Brokers.Broker;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that miss data: S3 of the design review. */
@Timeout(90)
final class CandidacyTest {

    @TempDir Path directory;

    private Brokers brokers;
    private Broker leader;
    private Broker second;
    private Broker third;

    @BeforeEach
    void open() throws Exception {
        brokers = new Brokers(directory);
        brokers.found(1, 2, 3);
        brokers.write(5);
        leader = brokers.leader();
        second = brokers.brokers.get(leader.node % 3 + 1);
        third = brokers.brokers.get(6 - leader.node - second.node);
        brokers.awaitCaughtUp(second.node);
        brokers.awaitCaughtUp(third.node);
    }

    @AfterEach
    void close() throws Exception {
        brokers.close();
    }

    @Test
    void shouldLetAWholeReplicaLeadBeforeOneThatMissesData() throws Exception {
        second.machine.whole = false;

        brokers.stop(leader.node);

        await().atMost(20, TimeUnit.SECONDS).until(() -> third.shard.leadingTerm() > 0);
        assertThat(second.shard.status().role()).isEqualTo(Role.FOLLOWER);
    }

    /** It may hold acknowledged entries that the other lacks: then only it can lead. */
    @Test
    void shouldNotHoldBackForEver() throws Exception {
        brokers.links.cut(third.node);
        second.machine.whole = false;
        brokers.write(5);
        brokers.awaitCaughtUp(second.node);
        brokers.stop(leader.node);
        brokers.links.mend(third.node);

        await().during(Brokers.ELECTION.multipliedBy(5))
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> second.shard.leadingTerm() == 0 && third.shard.leadingTerm() == 0);
        await().atMost(30, TimeUnit.SECONDS).until(() -> second.shard.leadingTerm() > 0);
        brokers.awaitCaughtUp(third.node);
    }

    @Test
    void shouldRefuseALeadershipThatIsHandedToIt() throws Exception {
        second.machine.whole = false;

        leader.engine
                .members(Brokers.SHARD)
                .transferLeadership(second.node)
                .get(20, TimeUnit.SECONDS);

        await().atMost(20, TimeUnit.SECONDS).until(() -> leader.shard.leadingTerm() > 0);
        brokers.write(3);
        assertThat(brokers.leader()).isSameAs(leader);
        assertThat(leader.machine.events).contains("leaderStopped");
    }

    @Test
    void shouldKnowHowStaleAFollowerIs() throws Exception {
        await().untilAsserted(
                        () ->
                                assertThat(second.shard.stalenessNanos())
                                        .isBetween(0L, TimeUnit.MILLISECONDS.toNanos(500)));
        // A busy machine may change the leader.
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> brokers.leader().shard.stalenessNanos() == 0);

        brokers.links.cut(second.node);
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> second.shard.stalenessNanos() > TimeUnit.SECONDS.toNanos(1));
        brokers.links.mend(second.node);

        second.machine.gate.acquire();
        try {
            brokers.write(3);
            await().atMost(20, TimeUnit.SECONDS)
                    .until(
                            () ->
                                    second.shard.stalenessNanos()
                                            > TimeUnit.MILLISECONDS.toNanos(800));
        } finally {
            second.machine.gate.release();
        }
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> second.shard.stalenessNanos() < TimeUnit.MILLISECONDS.toNanos(500));
    }
}
