package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.PreferLeader;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.controller.plan.LeaderTransfer;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.AgedReport;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.ChangeClusterResponse;
import io.millrace.v1.GetReportsResponse;
import io.millrace.v1.MoveReplica;
import io.millrace.v1.PlannedStep;
import io.millrace.v1.ReplicaMember;
import io.millrace.v1.ReplicaReport;
import io.millrace.v1.SetClusterConfigRequest;
import io.millrace.v1.TransferLeadership;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Four brokers with a shard each, which n leads and has on n, n + 1 and n + 2, around. */
final class ClusterChangesTest {

    private static final int SELF = 9;

    private final ControllerReplica cluster = new ControllerReplica(4, 1);
    private final Leaders leaders = new Leaders(SELF, new LocalShards());
    private final List<LeaderTransfer> transfers = new ArrayList<>();
    private final Set<Integer> silent = new HashSet<>();
    private RuntimeException unreached;
    private final ClusterChanges changes =
            new ClusterChanges(cluster.controller, leaders, this::reports, transfers::add);

    @BeforeEach
    void lead() {
        for (int shard = 0; shard <= 4; shard++) {
            leaders.hear(
                    List.of(
                            io.millrace.v1.ShardLeader.newBuilder()
                                    .setShard(shard)
                                    .setNodeId(Math.max(1, shard))
                                    .setEpoch(1)
                                    .build()),
                    Set.of());
        }
    }

    @Test
    void shouldOnlyPlanWhenAskedTo() {
        ChangeClusterResponse plan = changed(request().setDrainNode(2).setValidateOnly(true));

        assertThat(plan.getStepsList())
                .extracting(PlannedStep::getDescription)
                .containsExactly(
                        "broker 2 is DRAINED: it leads nothing",
                        "broker 3 leads it instead of broker 2");
        assertThat(plan.getSteps(0).hasShard()).isFalse();
        assertThat(plan.getSteps(1).getShard()).isEqualTo(2);
        assertThat(cluster.ordered).isEmpty();
        assertThat(transfers).isEmpty();
    }

    @Test
    void shouldHandOverOnceTheOrderIsInForce() {
        cluster.holdsBack = true;
        CompletableFuture<ChangeClusterResponse> response =
                changes.change(request().setDrainNode(2).build());
        assertThat(response).isNotDone();
        assertThat(transfers).isEmpty();

        cluster.letGo();

        assertThat(response.join().getStepsCount()).isEqualTo(2);
        assertThat(cluster.ordered)
                .containsExactly(new ChangeBroker(2, BrokerState.DRAINED, false));
        assertThat(transfers).extracting(LeaderTransfer::shard).containsExactly(2);
    }

    @Test
    void shouldNotHandOverWhatIsNotInForce() {
        cluster.holdsBack = true;
        CompletableFuture<ChangeClusterResponse> response =
                changes.change(request().setDrainNode(2).build());
        cluster.lose();

        assertThat(failure(response).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(transfers).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsDangerousUnlessItIsForced() {
        silent.addAll(Set.of(1, 2));
        ChangeClusterRequest.Builder move =
                request().setMove(MoveReplica.newBuilder().setShard(4).setFromNode(4).setToNode(3));
        assertThat(changed(move.setValidateOnly(true)).getWarningsList())
                .singleElement()
                .asString()
                .contains("shard 4 has no majority");
        move.setValidateOnly(false);

        MillraceException refusal = failure(changes.change(move.build()));
        assertThat(refusal.code()).isEqualTo(ErrorCode.CHANGE_REFUSED);
        assertThat(refusal).hasMessageContaining("--force");
        assertThat(cluster.ordered).isEmpty();

        assertThat(changed(move.setForce(true)).getWarningsCount()).isEqualTo(1);
        assertThat(cluster.ordered).hasSize(1);
    }

    @Test
    void shouldMoveALeadershipForGood() {
        changed(request().setTransfer(TransferLeadership.newBuilder().setShard(1).setToNode(3)));

        assertThat(cluster.ordered).containsExactly(new PreferLeader(1, List.of(3)));
        assertThat(transfers).containsExactly(new LeaderTransfer(1, 1, 3, "asked for"));
    }

    @Test
    void shouldFillABrokerThatIsAdded() {
        cluster.register(5);
        cluster.ordered.clear();
        ChangeClusterResponse added = changed(request().setAddNode(5));

        assertThat(cluster.image().brokers().get(5).state()).isEqualTo(BrokerState.FILLING);
        assertThat(added.getStepsList())
                .filteredOn(PlannedStep::hasShard)
                .extracting(PlannedStep::getShard)
                .as("each shard once")
                .doesNotHaveDuplicates()
                .contains(5);
        assertThat(added.getStepsList())
                .filteredOn(PlannedStep::hasShard)
                .extracting(PlannedStep::getDescription)
                .noneMatch(text -> text.contains("shard"));
        assertThat(changed(request().setUndrainNode(5)).getStepsList())
                .extracting(PlannedStep::getDescription)
                .containsExactly("broker 5 takes no more replicas over");
    }

    @Test
    void shouldFailWithoutReports() {
        unreached = MillraceException.of(ErrorCode.LEADER_UNAVAILABLE, "nobody leads");

        assertThat(failure(changes.change(request().setRemoveNode(2).build())).code())
                .isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
        assertThat(cluster.ordered).isEmpty();
    }

    @Test
    void shouldRefuseARequestForNothing() {
        assertThatThrownBy(() -> changes.change(request().build()))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("drain_node");
    }

    @Test
    void shouldSetOnlyWhatCanBeAndOnlyWhenAskedTo() {
        SetClusterConfigRequest.Builder set =
                SetClusterConfigRequest.newBuilder().putConfig("replica.concurrent-moves", "7");
        assertThat(changes.set(set.setValidateOnly(true).build()).join().getEffectiveConfigMap())
                .containsEntry("replica.concurrent-moves", "7");
        assertThat(cluster.ordered).isEmpty();
        assertThat(changes.set(set.setValidateOnly(false).build()).join().getConfigMap())
                .containsEntry("replica.concurrent-moves", "7");
        assertThat(cluster.image().config().concurrentMoves()).isEqualTo(7);

        set.putConfig("replica.concurrent-moves", "0");
        assertThatThrownBy(() -> changes.set(set.build()))
                .hasMessageContaining("replica.concurrent-moves")
                .hasMessageContaining("100");
    }

    private static ChangeClusterRequest.Builder request() {
        return ChangeClusterRequest.newBuilder();
    }

    private ChangeClusterResponse changed(ChangeClusterRequest.Builder request) {
        return changes.change(request.build()).join();
    }

    private static MillraceException failure(CompletableFuture<?> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            return (MillraceException) e.getCause();
        }
        throw new AssertionError("it did not fail");
    }

    /** All but the silent have everything. */
    private CompletableFuture<GetReportsResponse> reports() {
        if (unreached != null) {
            return CompletableFuture.failedFuture(unreached);
        }
        GetReportsResponse.Builder all = GetReportsResponse.newBuilder();
        for (int node : cluster.image().brokers().keySet()) {
            BrokerReport.Builder report = BrokerReport.newBuilder().setPeer(cluster.peer(node));
            for (ShardImage shard : cluster.image().shards().values()) {
                shard.replicaOn(node).ifPresent(one -> report.addReplicas(replica(shard, one)));
            }
            all.addReports(
                    AgedReport.newBuilder().setAlive(!silent.contains(node)).setReport(report));
        }
        return CompletableFuture.completedFuture(all.build());
    }

    private static ReplicaReport replica(ShardImage shard, ReplicaImage replica) {
        ReplicaReport.Builder report =
                ReplicaReport.newBuilder()
                        .setShard(shard.shard())
                        .setReplicaId(replica.replicaId())
                        .setRole("FOLLOWER")
                        .setFirstLogIndex(1)
                        .setLastLogIndex(10)
                        .setAppliedIndex(10);
        if (replica.nodeId() == Math.max(1, shard.shard())) {
            report.setRole("LEADER");
            for (ReplicaImage member : shard.replicas()) {
                report.addMembers(
                        ReplicaMember.newBuilder()
                                .setNodeId(member.nodeId())
                                .setReplicaId(member.replicaId())
                                .setMatchIndex(10));
            }
        }
        return report.build();
    }
}
