package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.util.Endpoint;
import com.google.protobuf.ByteString;
import io.millrace.raft.Shard;
import io.millrace.raft.jraft.NetworkBrokers.Broker;
import io.millrace.raft.transport.PeerTraffic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shards over the peer network: elections, replication, lost and silent connections. */
@Timeout(120)
final class NetworkTest {

    @TempDir Path directory;

    private NetworkBrokers brokers;

    @AfterEach
    void close() throws Exception {
        if (brokers != null) {
            brokers.close();
        }
    }

    @Test
    void shouldElectAndReplicateManyShardsOverOneNetwork() throws Exception {
        brokers = new NetworkBrokers(directory, 16);
        for (int i = 0; i < 160; i++) {
            brokers.write(i % 16, "line " + i);
        }
        for (int shard = 0; shard < 16; shard++) {
            brokers.awaitAgreement(shard, 10);
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(thread -> thread.getName().toLowerCase(java.util.Locale.ROOT))
                .noneMatch(name -> name.contains("bolt") || name.contains("append-entries"));
    }

    @Test
    void shouldKeepTheOrderOfManyProposalsInEveryShard() throws Exception {
        brokers = new NetworkBrokers(directory, 8);
        List<Line> lines = new ArrayList<>();
        Broker[] leaders = new Broker[8];
        for (int shard = 0; shard < 8; shard++) {
            leaders[shard] = brokers.leader(shard);
        }
        String padding = "x".repeat(2_000);
        for (int i = 0; i < 2_000; i++) {
            int number = i % 8;
            Shard shard = leaders[number].shards.get(number);
            Line line = new Line(i / 8 + padding);
            shard.propose(line, shard.leadingTerm());
            lines.add(line);
        }
        int[] acknowledged = new int[8];
        for (int i = 0; i < 2_000; i++) {
            if (lines.get(i).result().equals("applied")) {
                acknowledged[i % 8]++;
            }
        }
        for (int shard = 0; shard < 8; shard++) {
            // A busy machine may have changed a leader; what was applied is in order all the same.
            brokers.awaitAgreement(shard, acknowledged[shard]);
            assertThat(brokers.brokers.get(1).machines.get(shard).lines)
                    .extracting(line -> Integer.parseInt(line.replace("x", "")))
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
        assertThat(brokers.restartedReplicators).isEmpty();
    }

    @Test
    void shouldTakeEntriesOfAMebibyte() throws Exception {
        brokers = new NetworkBrokers(directory, 1);
        String large = "x".repeat(1 << 20);
        for (int i = 0; i < 8; i++) {
            brokers.write(0, large);
        }
        brokers.awaitAgreement(0, 8);
    }

    @Test
    void shouldElectAnotherLeaderWithinAboutTwoSeconds() throws Exception {
        brokers = new NetworkBrokers(directory, 4);
        brokers.write(0, "before");
        Broker leader = brokers.leader(0);
        long start = System.nanoTime();
        brokers.stop(leader.node);
        brokers.write(0, "after");
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.println("failover took " + millis + " ms");
        assertThat(millis).isLessThan(6_000);

        brokers.start(leader.node, false);
        brokers.write(0, "again");
        brokers.awaitAgreement(0, 3);
        assertThat(brokers.brokers.get(leader.node).machines.get(0).lines)
                .containsExactly("before", "after", "again");
    }

    @Test
    void shouldElectAnotherLeaderWhenTheOldOneFallsSilentAndTakeItBack() throws Exception {
        brokers = new NetworkBrokers(directory, 2);
        brokers.write(0, "before");
        Broker leader = brokers.leader(0);
        brokers.isolate(leader.node, true);
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> brokers.leaderNow(0) != null && brokers.leaderNow(0) != leader);
        brokers.write(0, "during");
        await().atMost(20, TimeUnit.SECONDS).until(() -> leader.shards.get(0).leadingTerm() == 0);

        brokers.isolate(leader.node, false);
        brokers.write(0, "after");
        brokers.awaitAgreement(0, 3);
    }

    /** As after a rejected callback: jraft forgets the follower, and says nothing. */
    @Test
    void shouldRestartReplicationThatHasStoppedWithoutAWord() throws Exception {
        brokers = new NetworkBrokers(directory, 1, Duration.ofMillis(300));
        brokers.write(0, "before");
        brokers.awaitAgreement(0, 1);
        Broker leader = brokers.leader(0);
        PeerId self = new PeerId("node", leader.node, 10 + leader.node);
        int follower = leader.node % 3 + 1;
        NodeImpl node = (NodeImpl) NodeManager.getInstance().get(brokers.group(0), self);
        ReplicaNodeOptions options = (ReplicaNodeOptions) node.getOptions();
        options.replicators().stopReplicator(new PeerId("node", follower, 10 + follower));

        await().atMost(20, TimeUnit.SECONDS)
                .until(
                        () ->
                                brokers.restartedReplicators.contains(
                                        brokers.group(0) + " to " + follower));
        brokers.write(0, "after");
        brokers.awaitAgreement(0, 2);
    }

    @Test
    void shouldReadAtAFollowerWhatWasAcknowledged() throws Exception {
        brokers = new NetworkBrokers(directory, 1);
        brokers.write(0, "line");
        Broker leader = brokers.leader(0);
        for (Broker broker : brokers.brokers.values()) {
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> broker.shards.get(0).status().leaderNode() == leader.node);
            broker.shards.get(0).readBarrier().get(10, TimeUnit.SECONDS);
            assertThat(broker.machines.get(0).lines).containsExactly("line");
            assertThat(broker.shards.get(0).stalenessNanos()).isLessThan(2_000_000_000L);
        }
    }

    /** As when a leadership has just moved, and not everybody knows. */
    @Test
    void shouldPassOnWhatAFollowerAsksAnotherFollowerFor() throws Exception {
        brokers = new NetworkBrokers(directory, 1);
        brokers.write(0, "line");
        brokers.awaitAgreement(0, 1);
        Broker leader = brokers.leader(0);
        Broker asked = brokers.brokers.get(leader.node % 3 + 1);
        Broker asking = brokers.brokers.get(6 - leader.node - asked.node);
        NetworkBrokers.awaitUp(asking.network, asked.node);
        NetworkBrokers.awaitUp(asked.network, leader.node);
        ReadIndexRequest request =
                ReadIndexRequest.newBuilder()
                        .setGroupId(brokers.group(0))
                        .setServerId("node:" + asking.node + ":1" + asking.node)
                        .setPeerId("node:" + asked.node + ":1" + asked.node)
                        .addEntries(ByteString.EMPTY)
                        .build();

        Object answer =
                asking.network
                        .rpcClient()
                        .invokeSync(new Endpoint("node", asked.node), request, null, 5_000);

        assertThat(answer).isInstanceOf(ReadIndexResponse.class);
        assertThat(((ReadIndexResponse) answer).getSuccess()).isTrue();
        assertThat(asked.network.traffic()).allMatch(lane -> lane.connects() == 1);
    }

    /** The leader sends nothing else before it hears that the connection broke. */
    @Test
    void shouldGoOnWithABrokerThatDiedWhileItInstalled() throws Exception {
        brokers = new NetworkBrokers(directory, 1);
        brokers.write(0, "line 0");
        brokers.awaitAgreement(0, 1);
        int node = brokers.leader(0).node % 3 + 1;
        long last = brokers.brokers.get(node).shards.get(0).status().lastLogIndex();
        brokers.stop(node);
        int lines = 1;
        for (Broker other : brokers.brokers.values()) {
            Shard shard = other.shards.get(0);
            while (shard != null && shard.status().firstLogIndex() <= last + 1) {
                brokers.write(0, "line " + lines++);
                brokers.awaitAgreement(0, lines);
                shard.checkpoint().get(20, TimeUnit.SECONDS);
            }
        }
        LineMachine machine = new LineMachine();
        machine.forceGate.acquire();
        brokers.machines = () -> machine;
        brokers.start(node, false);
        await().atMost(30, TimeUnit.SECONDS).until(() -> !machine.lines.isEmpty());
        assertThat(machine.events.get(0)).startsWith("install");
        brokers.brokers.get(node).network.close();
        machine.forceGate.release();
        brokers.stop(node);

        brokers.machines = LineMachine::new;
        brokers.start(node, false);

        brokers.write(0, "last");
        brokers.awaitAgreement(0, lines + 1);
    }

    /**
     * A replica that needs a checkpoint waits for an entry, and only the leader can give it one.
     */
    @Test
    void shouldMoveShardsOnForAReplicaElsewhereThatWaits() throws Exception {
        brokers = new NetworkBrokers(directory, 2);
        brokers.write(0, "line");
        brokers.awaitAgreement(0, 1);
        brokers.leader(1);
        Broker leader = brokers.leader(0);
        Broker waiting = brokers.brokers.get(leader.node % 3 + 1);
        NetworkBrokers.awaitUp(waiting.network, leader.node);
        long last = waiting.shards.get(0).status().lastLogIndex();

        waiting.network.askToMoveOn(leader.node, List.of(77, 0));

        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> waiting.shards.get(0).status().lastLogIndex() > last);
        assertThat(waiting.machines.get(0).lines).containsExactly("line");
    }

    @Test
    void shouldConnectVotersBeforeTheyNeedEachOther() throws Exception {
        brokers = new NetworkBrokers(directory, 1);
        brokers.leader(0);

        for (Broker broker : brokers.brokers.values()) {
            await().atMost(10, TimeUnit.SECONDS)
                    .until(
                            () ->
                                    broker.network.traffic().stream()
                                                    .filter(PeerTraffic::connected)
                                                    .map(PeerTraffic::nodeId)
                                                    .distinct()
                                                    .count()
                                            == 2);
        }
    }
}
