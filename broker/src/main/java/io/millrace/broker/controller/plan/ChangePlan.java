package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.ShardImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;

/**
 * What a change of the cluster takes. Immutable.
 *
 * @param steps what is going to be done, in the order in which it is begun; empty: nothing
 * @param warnings what it endangers, a sentence each
 * @param commands for the controller, in order; the rest follows from them by {@link RepairPlan}
 * @param transfers leaderships to hand over once the commands are in force
 */
public record ChangePlan(
        List<ChangeStep> steps,
        List<String> warnings,
        List<ControllerCommand<?>> commands,
        List<LeaderTransfer> transfers) {

    public ChangePlan {
        steps = List.copyOf(steps);
        warnings = List.copyOf(warnings);
        commands = List.copyOf(commands);
        transfers = List.copyOf(transfers);
    }

    /**
     * Plans a change.
     *
     * @throws MillraceException CHANGE_REFUSED if it cannot be done at all, with the way out
     */
    public static ChangePlan of(
            ClusterImage image, ClusterCondition condition, ClusterChange change) {
        PlanDraft plan = new PlanDraft(image, condition);
        if (change instanceof ClusterChange.Add add) {
            new Addition(plan, add.node()).plan();
        } else if (change instanceof ClusterChange.Remove remove) {
            new Removal(plan, remove.node()).plan();
        } else if (change instanceof ClusterChange.Drain drain) {
            new Handover(plan).drain(drain.node());
        } else if (change instanceof ClusterChange.Undrain undrain) {
            new Handover(plan).undrain(undrain.node());
        } else if (change instanceof ClusterChange.Transfer transfer) {
            new Handover(plan).transfer(transfer.shard(), transfer.to());
        } else if (change instanceof ClusterChange.Move move) {
            move(plan, move);
        }
        return plan.plan();
    }

    private static void move(PlanDraft plan, ClusterChange.Move move) {
        ShardImage shard = plan.shard(move.shard());
        plan.broker(move.to());
        plan.requireAlive(move.to());
        int free = RepairPlan.freeMoves(plan.image());
        MoveReplica command = new MoveReplica(move.shard(), move.from(), move.to());
        plan.order(command);
        if (plan.changesNothing()) {
            return; // it is under way already
        }
        plan.tell(command);
        if (!plan.condition().hasQuorum(shard, 0)) {
            plan.warn(
                    "shard %d has no majority that is up, so that the move cannot be finished",
                    move.shard());
        }
        if (free <= 0) {
            plan.warn(
                    "as many shards change their replicas already as the cluster setting"
                            + " replica.concurrent-moves allows, which is %d",
                    plan.image().config().concurrentMoves());
        }
    }

    /**
     * To be called before it is carried out, unless it is forced.
     *
     * @throws MillraceException CHANGE_REFUSED if it endangers anything
     */
    public void requireSafe() {
        if (!warnings.isEmpty()) {
            String more =
                    warnings.size() == 1 ? "" : " (and %d more)".formatted(warnings.size() - 1);
            throw MillraceException.of(
                    ErrorCode.CHANGE_REFUSED,
                    warnings.get(0) + more + "; put that right first, or use --force");
        }
    }
}
