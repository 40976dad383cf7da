package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ControllerCommand;
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
        ChangePlanner planner = new ChangePlanner(image, condition);
        if (change instanceof ClusterChange.Add add) {
            planner.add(add.node());
        } else if (change instanceof ClusterChange.Remove remove) {
            planner.remove(remove.node());
        } else if (change instanceof ClusterChange.Drain drain) {
            planner.drain(drain.node());
        } else if (change instanceof ClusterChange.Undrain undrain) {
            planner.undrain(undrain.node());
        } else if (change instanceof ClusterChange.Transfer transfer) {
            planner.transfer(transfer.shard(), transfer.to());
        } else if (change instanceof ClusterChange.Move move) {
            planner.move(move.shard(), move.from(), move.to());
        }
        return planner.plan();
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
