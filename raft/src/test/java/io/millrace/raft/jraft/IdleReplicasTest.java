package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.jraft.Brokers.Broker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replicas that have installed a checkpoint and fetched what they missed are whole with their next
 * checkpoint, for which they need an entry: while nobody writes, the leader's own.
 */
@Timeout(120)
final class IdleReplicasTest {

    @TempDir Path directory;

    private Brokers brokers;

    @BeforeEach
    void open() throws Exception {
        brokers = new Brokers(directory);
        brokers.found(1, 2, 3);
        brokers.write(10);
    }

    @AfterEach
    void close() throws Exception {
        brokers.close();
    }

    /** Stops a follower and has the others forget the entries that it would need. */
    private Broker leaveBehind() throws Exception {
        int node = brokers.leader().node % 3 + 1;
        brokers.awaitCaughtUp(node);
        long last = brokers.brokers.get(node).shard.status().lastLogIndex();
        brokers.stop(node);
        for (int other = 1; other <= 3; other++) {
            if (other != node) {
                brokers.cutLogAbove(other, last + 20);
            }
        }
        // Nothing comes after what it is going to install.
        for (int other = 1; other <= 3; other++) {
            if (other != node) {
                brokers.awaitCaughtUp(other);
                brokers.checkpoint(other);
            }
        }
        return brokers.brokers.get(node);
    }

    /** Waits until it has installed, and has it fetch the records: one checkpoint is missing. */
    private void installAndFetch(Broker replica) throws Exception {
        await().atMost(20, TimeUnit.SECONDS).until(() -> replica.machine.completed > 0);
        brokers.awaitCaughtUp(replica.node);
        assertThat(replica.machine.events).anyMatch(event -> event.startsWith("install"));
        // A new learner has the change of the members to take one of, while it fetches.
        if (hasNews(replica)) {
            brokers.checkpoint(replica.node);
        }
        assertThat(hasNews(replica)).isFalse();
        replica.machine.wantedCheckpoints = replica.machine.completed + 1;
        replica.later.addAndGet(CheckpointSchedule.WANTED_NANOS);
    }

    private static boolean hasNews(Broker replica) {
        ShardStatus status = replica.shard.status();
        return status.appliedIndex() > status.checkpointIndex();
    }

    private void awaitWhole(Broker replica, long lastIndex) {
        List<String> lines = List.copyOf(replica.machine.lines);
        await().atMost(30, TimeUnit.SECONDS).until(() -> !replica.machine.wantsCheckpoint());

        assertThat(replica.shard.status().checkpointIndex()).isGreaterThan(lastIndex);
        assertThat(replica.machine.lines).as("nobody wrote").isEqualTo(lines);
        assertThat(brokers.leader().shard.status().lastLogIndex())
                .as("and the shard is idle again")
                .isLessThanOrEqualTo(lastIndex + 3);
    }

    @Test
    void shouldMakeAFollowerWholeWhileNobodyWrites() throws Exception {
        Broker behind = leaveBehind();
        brokers.restart(behind.node);
        installAndFetch(behind);
        long last = brokers.leader().shard.status().lastLogIndex();

        awaitWhole(behind, last);

        assertThat(brokers.links.asks.get()).isBetween(1, 3);
    }

    @Test
    void shouldMakeALearnerInThePlaceOfAWipedReplicaWholeWhileNobodyWrites() throws Exception {
        Broker wiped = leaveBehind();
        Brokers.delete(brokers.directory(wiped.node));
        Member fresh = new Member(wiped.node, 20 + wiped.node);
        brokers.join(wiped.node, fresh.replicaId());
        Broker leader = brokers.leader();
        List<Member> voters = new ArrayList<>(leader.shard.status().members().voters());
        brokers.change(new Members(voters, List.of(fresh)));
        installAndFetch(wiped);
        long last = brokers.leader().shard.status().lastLogIndex();

        awaitWhole(wiped, last);

        voters.removeIf(member -> member.nodeId() == wiped.node);
        voters.add(fresh);
        brokers.change(new Members(voters, List.of()));
    }

    /** Peers are brokers of the cluster, but may be wrong, of an older map, or of another life. */
    @Test
    void shouldIgnoreAsksForShardsThatItDoesNotLeadOrHave() throws Exception {
        Broker leader = brokers.leader();
        Broker follower = brokers.brokers.get(leader.node % 3 + 1);
        brokers.awaitCaughtUp(follower.node);
        long last = leader.shard.status().lastLogIndex();

        for (int shard : new int[] {-1, 0, 2, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            leader.engine.moveOn(shard);
        }
        follower.engine.moveOn(Brokers.SHARD);

        await().during(3, TimeUnit.SECONDS)
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> leader.shard.status().lastLogIndex() == last);
        leader.engine.moveOn(Brokers.SHARD);
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> leader.shard.status().lastLogIndex() > last);
        assertThat(leader.fatal).isEmpty();
    }
}
