package io.millrace.broker.cluster;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.SetClusterConfig;
import io.millrace.broker.controller.plan.ChangePlan;
import io.millrace.broker.controller.plan.ClusterChange;
import io.millrace.broker.controller.plan.LeaderTransfer;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.ChangeClusterResponse;
import io.millrace.v1.GetReportsResponse;
import io.millrace.v1.PlannedStep;
import io.millrace.v1.SetClusterConfigRequest;
import io.millrace.v1.SetClusterConfigResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Changes that a person asks for: who holds and leads what, and the cluster's settings. Decides by
 * what all brokers report, and has it ordered by the controller. Thread-safe; nothing blocks.
 */
public final class ClusterChanges {

    private final Controller controller;
    private final LeaderDirectory leaders;
    private final ReportSource source;
    private final Consumer<LeaderTransfer> transfers;

    /**
     * @param source the reports of all brokers
     * @param transfers has a leadership handed over by the broker that holds it
     */
    public ClusterChanges(
            Controller controller,
            LeaderDirectory leaders,
            ReportSource source,
            Consumer<LeaderTransfer> transfers) {
        this.controller = controller;
        this.leaders = leaders;
        this.source = source;
        this.transfers = transfers;
    }

    /** Plans a change and begins it, unless it is only to be planned. */
    public CompletableFuture<ChangeClusterResponse> change(ChangeClusterRequest request) {
        ClusterChange change = changeOf(request);
        return source.reports()
                .thenCompose(
                        reports -> {
                            ChangePlan plan = planOf(change, reports);
                            if (request.getValidateOnly()) {
                                return CompletableFuture.completedFuture(responseOf(plan));
                            }
                            if (!request.getForce()) {
                                plan.requireSafe();
                            }
                            return carryOut(plan).thenApply(done -> responseOf(plan));
                        });
    }

    private ChangePlan planOf(ClusterChange change, GetReportsResponse reports) {
        ClusterImage image = controller.images().current();
        return ChangePlan.of(
                image,
                ClusterConditions.of(image, reports.getReportsList(), leaders, node -> 0),
                change);
    }

    /** One after the other: the next may need what the one before has brought about. */
    private CompletableFuture<Void> carryOut(ChangePlan plan) {
        CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
        for (ControllerCommand<?> command : plan.commands()) {
            done = done.thenCompose(before -> controller.submit(command).thenApply(value -> null));
        }
        return done.thenRun(() -> plan.transfers().forEach(transfers));
    }

    private static ChangeClusterResponse responseOf(ChangePlan plan) {
        ChangeClusterResponse.Builder response =
                ChangeClusterResponse.newBuilder().addAllWarnings(plan.warnings());
        plan.steps()
                .forEach(
                        step -> {
                            PlannedStep.Builder built =
                                    PlannedStep.newBuilder()
                                            .setDescription(step.description())
                                            .setBytes(step.bytes());
                            step.shard().ifPresent(built::setShard);
                            response.addSteps(built);
                        });
        return response.build();
    }

    private static ClusterChange changeOf(ChangeClusterRequest request) {
        return switch (request.getChangeCase()) {
            case ADD_NODE -> new ClusterChange.Add(request.getAddNode());
            case REMOVE_NODE -> new ClusterChange.Remove(request.getRemoveNode());
            case DRAIN_NODE -> new ClusterChange.Drain(request.getDrainNode());
            case UNDRAIN_NODE -> new ClusterChange.Undrain(request.getUndrainNode());
            case TRANSFER ->
                    new ClusterChange.Transfer(
                            request.getTransfer().getShard(), request.getTransfer().getToNode());
            case MOVE ->
                    new ClusterChange.Move(
                            request.getMove().getShard(),
                            request.getMove().getFromNode(),
                            request.getMove().getToNode());
            case CHANGE_NOT_SET ->
                    throw MillraceException.of(
                                    ErrorCode.INVALID_ARGUMENT,
                                    "no change is set; name one, such as drain_node")
                            .with("field", "change");
        };
    }

    /** Changes settings of the cluster. */
    public CompletableFuture<SetClusterConfigResponse> set(SetClusterConfigRequest request) {
        SetClusterConfig command =
                new SetClusterConfig(request.getConfigMap(), List.copyOf(request.getResetList()));
        var checked = controller.check(command);
        return (request.getValidateOnly()
                        ? CompletableFuture.completedFuture(checked)
                        : controller.submit(command))
                .thenApply(
                        config ->
                                SetClusterConfigResponse.newBuilder()
                                        .putAllConfig(config.overrides())
                                        .putAllEffectiveConfig(config.effective())
                                        .build());
    }
}
