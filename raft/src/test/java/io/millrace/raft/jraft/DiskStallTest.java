package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.jraft.Brokers.Broker;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** L5: a leader whose disk hangs would stay leader, and keep its shards waiting. */
@Timeout(60)
final class DiskStallTest {

    @TempDir Path directory;

    @Test
    void shouldGiveTheLeadershipAwayWhileTheDiskHangs() throws Exception {
        try (Brokers brokers = new Brokers(directory)) {
            brokers.found(1, 2, 3);
            brokers.write(5);
            Broker leader = brokers.leader();

            leader.stalledNanos = Brokers.ELECTION.toNanos() * 2;

            await().atMost(20, TimeUnit.SECONDS).until(() -> leader.shard.leadingTerm() == 0);
            assertThat(brokers.leader().node).isNotEqualTo(leader.node);
            assertThat(leader.events).containsExactly("stalled");
            brokers.write(5);
            leader.stalledNanos = 0;
            await().until(() -> leader.events.contains("recovered"));
            assertThat(leader.fatal).isEmpty();
            brokers.awaitCaughtUp(leader.node);
        }
    }

    @Test
    void shouldEndTheBrokerWhenTheDiskIsDead() throws Exception {
        try (Brokers brokers = new Brokers(directory)) {
            brokers.found(1);
            Broker broker = brokers.leader();

            broker.stalledNanos = Brokers.ELECTION.toNanos() * 10;

            await().until(() -> broker.fatal.equals(java.util.List.of("write-ahead log")));
        }
    }
}
