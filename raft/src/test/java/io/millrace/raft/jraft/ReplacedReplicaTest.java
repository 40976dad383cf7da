package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.ShardStatus.Role;
import io.millrace.raft.jraft.Brokers.Broker;
import io.millrace.raft.wal.WalUsage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that are lost, and what takes their place: S1 and L2 of the design review. */
@Timeout(120)
final class ReplacedReplicaTest {

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

    private Broker follower() {
        return brokers.brokers.get(brokers.leader().node % 3 + 1);
    }

    private void replace(Broker broker, int replica) throws Exception {
        Broker leader = brokers.leader();
        List<Member> others =
                leader.shard.status().members().voters().stream()
                        .filter(member -> member.nodeId() != broker.node)
                        .toList();
        Member fresh = new Member(broker.node, replica);
        List<Member> old =
                leader.shard.status().members().voters().stream()
                        .filter(member -> member.nodeId() == broker.node)
                        .toList();
        List<Member> all = new java.util.ArrayList<>(others);
        all.addAll(old);
        brokers.change(new Members(all, List.of(fresh)));
        brokers.awaitCaughtUp(broker.node);
        List<Member> voters = new java.util.ArrayList<>(others);
        voters.add(fresh);
        brokers.change(new Members(voters, List.of()));
    }

    /**
     * S1: A and B hold an acknowledged entry, C does not. B is wiped, A stops. If B voted with its
     * empty log, B and C would elect a leader that lacks the entry.
     */
    @Test
    void shouldNeverElectALeaderThatLacksAcknowledgedEntries() throws Exception {
        Broker a = brokers.leader();
        Broker b = brokers.brokers.get(a.node % 3 + 1);
        Broker c = brokers.brokers.get(6 - a.node - b.node);
        brokers.stop(c.node);
        brokers.write(5);
        brokers.awaitCaughtUp(b.node);
        List<String> acknowledged = List.copyOf(a.machine.lines);
        brokers.stop(b.node);
        Brokers.delete(brokers.directory(b.node));
        brokers.stop(a.node);

        brokers.open(b.node);
        assertThat(b.engine.replicaId(Brokers.SHARD)).isEmpty();
        assertThatThrownBy(
                        () -> brokers.start(b.node, ShardSpec.existing(Brokers.SHARD, 10 + b.node)))
                .isInstanceOf(ReplicaLostException.class);
        b.shard = null;
        // What the controller would place on B: another replica, which nobody has voted in.
        brokers.start(b.node, ShardSpec.joiner(Brokers.SHARD, 20 + b.node));
        brokers.restart(c.node);

        await().during(4, TimeUnit.SECONDS)
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> b.shard.leadingTerm() == 0 && c.shard.leadingTerm() == 0);
        brokers.restart(a.node);
        assertThat(brokers.leader().node).isEqualTo(a.node);
        brokers.awaitCaughtUp(c.node);
        assertThat(c.machine.lines).startsWith(acknowledged.toArray(String[]::new));
        replace(b, 20 + b.node);
        brokers.write(3);
        brokers.awaitCaughtUp(b.node);
        assertThat(b.machine.lines).startsWith(acknowledged.toArray(String[]::new));
    }

    /** L2: a failed replica that keeps all shards of its broker from writing makes room. */
    @Test
    void shouldGiveUpAFailedReplicaAndTakeAnotherOneInTheSameProcess() throws Exception {
        Broker failed = follower();
        brokers.awaitCaughtUp(failed.node);
        ((JraftShard) failed.shard).halt("a test made it fail");
        await().until(() -> failed.shard.status().role() == Role.FAILED);
        brokers.write(3);

        failed.usage = fullBecauseOf(Brokers.SHARD);

        await().atMost(20, TimeUnit.SECONDS).until(() -> failed.events.contains("lost 1"));
        failed.usage = null;
        failed.engine.stop(Brokers.SHARD);
        assertThatThrownBy(
                        () ->
                                failed.engine.start(
                                        ShardSpec.existing(Brokers.SHARD, 10 + failed.node),
                                        new LineMachine()))
                .isInstanceOf(ReplicaLostException.class);
        failed.engine.discard(Brokers.SHARD);
        brokers.start(failed.node, ShardSpec.joiner(Brokers.SHARD, 20 + failed.node));
        replace(failed, 20 + failed.node);
        brokers.write(3);
        brokers.awaitCaughtUp(failed.node);
        assertThat(brokers.leader().shard.status().members().all())
                .contains(new Member(failed.node, 20 + failed.node))
                .doesNotContain(Brokers.member(failed.node))
                .hasSize(3);
    }

    /** The same, if all replicas have failed: what nobody else serves is not given up. */
    @Test
    void shouldGiveNothingUpWhenNobodyLeads() throws Exception {
        Broker one = follower();
        for (Broker broker : brokers.brokers.values()) {
            ((JraftShard) broker.shard).halt("a test made it fail");
        }
        await().until(() -> one.shard.status().role() == Role.FAILED);

        one.usage = fullBecauseOf(Brokers.SHARD);

        await().during(5, TimeUnit.SECONDS)
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> one.events.isEmpty());
    }

    private static WalUsage fullBecauseOf(int shard) {
        return new WalUsage(100, 100, Set.of(shard), Map.of(shard, 100L));
    }
}
