package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ControllerCodec;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaPrepared;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.v1.AgedReport;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.BrokerStatus;
import io.millrace.v1.ClusterStatus;
import io.millrace.v1.GetReportsResponse;
import io.millrace.v1.PeerIntroduction;
import io.millrace.v1.ReplicaMember;
import io.millrace.v1.ReplicaReport;
import io.millrace.v1.ReplicaStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three brokers of which this one is the first and broker 2 leads shard 1. */
final class ClusterReportsTest {

    private static final int SHARD = 1;

    private final ControllerStateMachine machine = new ControllerStateMachine();
    private final Map<Integer, ShardLeader> known = new HashMap<>();
    private final Set<Integer> dead = new HashSet<>();
    private final GetReportsResponse.Builder others = GetReportsResponse.newBuilder();
    private final LocalShards shards = new LocalShards();
    private final LeaderDirectory leaders =
            new LeaderDirectory() {
                @Override
                public ShardLeader leader(int shard) {
                    return known.getOrDefault(shard, ShardLeader.NONE);
                }

                @Override
                public boolean isAlive(int nodeId) {
                    return !dead.contains(nodeId);
                }
            };
    private RuntimeException unreached;
    private String writeProblem = "";
    private long index;

    @BeforeEach
    void form() throws Exception {
        machine.started();
        apply(new FormCluster("c", List.of(1, 2, 3), 1));
        for (int node = 1; node <= 3; node++) {
            apply(new RegisterBroker(broker(node), false));
        }
        for (ShardImage shard : image().shards().values()) {
            for (ReplicaImage replica : shard.replicas()) {
                apply(new ReplicaPrepared(shard.shard(), replica.nodeId(), replica.replicaId()));
            }
            known.put(shard.shard(), new ShardLeader(2, 5));
        }
    }

    @Test
    void shouldShowReplicasWithTheirLagAsTheLeaderSeesIt() {
        report(2, true, leading(100, Map.of(idOn(1), 100L, idOn(2), 100L, idOn(3), 70L)));
        report(3, true, following(3, 60).build());
        shards.addController(new ShardReplica(0));

        ClusterStatus status = status();
        assertThat(replica(status, 3).getLag()).isEqualTo(30);
        assertThat(replica(status, 3).getAppliedIndex()).isEqualTo(60);
        assertThat(replica(status, 3).getState()).isEqualTo("VOTER");
        assertThat(status.getShards(SHARD).getRole()).isEqualTo("LEADER");
        assertThat(status.getControllerLeader()).isEqualTo(2);
        assertThat(status.getBrokers(1).getLedShards()).isEqualTo(1);
    }

    @Test
    void shouldTellHowFarARebuildIs() {
        report(2, true, leading(100, Map.of()).toBuilder().setLogBytes(900L << 20).build());
        report(
                3,
                true,
                following(3, 60).setMissingRecords(1_234).setPulledBytes(120L << 20).build());

        assertThat(status().getChangesList())
                .contains(
                        "replica %d of shard 1 on broker 3: 120 of about 900 MiB pulled, 1,234 records missing"
                                .formatted(idOn(3)));
    }

    @Test
    void shouldStayHealthyWithoutAMinorityButSayWhatIsWrong() {
        report(2, true, leading(100, Map.of()));
        report(3, false, following(3, 60).build());
        dead.add(3);

        ClusterStatus status = status();
        assertThat(status.getHealthy()).isTrue();
        assertThat(status.getProblemsList())
                .contains("broker 3 has not been heard of for 12 s")
                .anyMatch(problem -> problem.startsWith("shard 1 is under-replicated"));
    }

    @Test
    void shouldNotBeHealthyWhenAShardHasNoLeader() {
        known.put(SHARD, ShardLeader.NONE);

        ClusterStatus status = status();
        assertThat(status.getHealthy()).isFalse();
        assertThat(status.getProblemsList())
                .anyMatch(problem -> problem.startsWith("shard 1 has no leader"));
    }

    @Test
    void shouldNotKnowWhatABrokerLeadsWhoseLeaseIsGoneUntilANewLeaderReports() {
        report(2, false, leading(100, Map.of()));
        report(3, true, following(3, 60).build());
        dead.add(2);

        ClusterStatus status = status();
        assertThat(status.getBrokers(1).getLedShards()).isZero();
        assertThat(status.getShards(SHARD).getShard().getLeaderNode()).isZero();
        assertThat(status.getShards(SHARD).getRole()).isEqualTo("FOLLOWER");
        assertThat(status.getHealthy()).isFalse();

        known.replaceAll((shard, leader) -> new ShardLeader(3, 6));
        others.clearReports();
        report(2, false, leading(100, Map.of()));
        report(3, true, following(3, 120).setRole("LEADER").build());
        status = status();
        assertThat(status.getBrokers(1).getLedShards()).isZero();
        assertThat(status.getBrokers(2).getLedShards()).isEqualTo(1);
        assertThat(status.getShards(SHARD).getShard().getLeaderNode()).isEqualTo(3);
        assertThat(status.getHealthy()).isTrue();
    }

    @Test
    void shouldTellOnlyOfItselfWhenTheControllersLeaderIsNotReached() {
        unreached = new IllegalStateException("nobody leads");

        ClusterStatus status = status();
        assertThat(status.getControllerLeader()).isZero();
        assertThat(status.getBrokers(0).getWriteState()).isEqualTo("takes writes");
        assertThat(status.getBrokers(1).hasSilentMs()).isFalse();
    }

    @Test
    void shouldNameTheBrokerThatTakesNoWritesAndWhy() {
        writeProblem = "the disk is full";

        assertThat(status().getProblemsList())
                .contains("broker 1 takes no writes: the disk is full");
    }

    @Test
    void shouldOfferForReadingOnlyReplicasThatCanBeRead() {
        ShardImage placed = image().shards().get(SHARD);
        ReplicaImage lost = placed.replicas().get(2).in(ReplicaState.LOST);
        ShardImage damaged =
                new ShardImage(
                        SHARD,
                        List.of(placed.replicas().get(0), placed.replicas().get(1), lost),
                        placed.founders(),
                        placed.confirmed());

        assertThat(new ClusterMaps(leaders, 1).shard(damaged).getReplicaNodesList())
                .containsExactly(
                        placed.replicas().get(0).nodeId(), placed.replicas().get(1).nodeId());
    }

    private ClusterStatus status() {
        LocalReports local =
                new LocalReports(
                        shards,
                        1,
                        shard -> 1,
                        () -> new LocalReports.LocalState(1, 2, 3, 4, 5, 0, 6, writeProblem),
                        shard -> 0);
        return new ClusterReports(
                        this::image,
                        new ClusterMaps(leaders, 1_000),
                        leaders,
                        1,
                        local,
                        () -> {
                            if (unreached != null) {
                                throw unreached;
                            }
                            return CompletableFuture.completedFuture(others.build());
                        })
                .report()
                .join();
    }

    private void report(int node, boolean alive, ReplicaReport replica) {
        others.addReports(
                AgedReport.newBuilder()
                        .setAlive(alive)
                        .setAgeMs(alive ? 100 : 12_000)
                        .setReport(
                                BrokerReport.newBuilder()
                                        .setPeer(PeerIntroduction.newBuilder().setNodeId(node))
                                        .setStatus(
                                                BrokerStatus.newBuilder()
                                                        .setWriteState("takes writes"))
                                        .addReplicas(replica)));
    }

    private ReplicaReport leading(long lastIndex, Map<Long, Long> matches) {
        ReplicaReport.Builder report =
                following(2, lastIndex).setRole("LEADER").setLastLogIndex(lastIndex);
        matches.forEach(
                (id, match) ->
                        report.addMembers(
                                ReplicaMember.newBuilder()
                                        .setReplicaId(id)
                                        .setVoter(true)
                                        .setMatchIndex(match)));
        return report.build();
    }

    private ReplicaReport.Builder following(int node, long applied) {
        return ReplicaReport.newBuilder()
                .setShard(SHARD)
                .setReplicaId(idOn(node))
                .setRole("FOLLOWER")
                .setAppliedIndex(applied);
    }

    private static ReplicaStatus replica(ClusterStatus status, int node) {
        return status.getShards(SHARD).getReplicasList().stream()
                .filter(one -> one.getNodeId() == node)
                .findFirst()
                .orElseThrow();
    }

    private long idOn(int node) {
        return image().shards().get(SHARD).replicaOn(node).orElseThrow().replicaId();
    }

    private ClusterImage image() {
        return machine.images().current();
    }

    private void apply(ControllerCommand<?> command) {
        machine.apply(++index, 1, ControllerCodec.encodeCommand(command), null);
    }

    private static BrokerImage broker(int node) {
        return new BrokerImage(
                node,
                "host" + node + ":7400",
                "host" + node + ":7401",
                "host" + node + ":7402",
                "0.1.0",
                "",
                "directory" + node,
                1,
                7,
                42,
                BrokerState.JOINED);
    }
}
