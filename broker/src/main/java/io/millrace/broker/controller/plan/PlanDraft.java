package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.ImageDraft;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.ShardImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.List;

/** A {@link ChangePlan} in the making. */
final class PlanDraft {

    private final ClusterCondition condition;
    private final ImageDraft draft;
    private final List<ChangeStep> steps = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<LeaderTransfer> transfers = new ArrayList<>();

    PlanDraft(ClusterImage image, ClusterCondition condition) {
        this.condition = condition;
        this.draft = new ImageDraft(image);
    }

    ChangePlan plan() {
        return new ChangePlan(steps, warnings, draft.commands(), transfers);
    }

    /** The map as it would be. */
    ClusterImage image() {
        return draft.image();
    }

    ClusterCondition condition() {
        return condition;
    }

    /** Whether nothing is to be ordered. */
    boolean changesNothing() {
        return draft.commands().isEmpty();
    }

    <R> R order(ControllerCommand<R> command) {
        return draft.add(command);
    }

    void handOver(LeaderTransfer transfer) {
        transfers.add(transfer);
    }

    /** All that a broker leads goes elsewhere, as far as others can lead it. */
    List<LeaderTransfer> handOverAll(int node) {
        List<LeaderTransfer> all =
                LeaderPlan.relieve(image(), condition, Integer.MAX_VALUE).stream()
                        .filter(one -> one.from() == node)
                        .toList();
        transfers.addAll(all);
        return all;
    }

    void tell(String sentence, Object... args) {
        steps.add(ChangeStep.of(sentence, args));
    }

    /** What is done to a shard, in words that go on after its name. */
    void tell(int shard, long bytes, String words, Object... args) {
        steps.add(ChangeStep.of(shard, bytes, words, args));
    }

    void tell(MoveReplica move) {
        tell(
                move.shard(),
                condition.bytes(shard(move.shard())),
                "its replica moves from broker %d to broker %d",
                move.from(),
                move.to());
    }

    void warn(String sentence, Object... args) {
        warnings.add(sentence.formatted(args));
    }

    /** A broker that there is. */
    BrokerImage broker(int node) {
        return image().broker(node)
                .orElseThrow(
                        () ->
                                refused(
                                        "there is no broker %d in this cluster; start it with the"
                                                + " cluster's seeds, and look at `millrace cluster"
                                                + " brokers`",
                                        node));
    }

    /** A shard that there is. */
    ShardImage shard(int number) {
        return image().shard(number)
                .orElseThrow(
                        () ->
                                refused(
                                        "there is no shard %d; look at `millrace cluster shards`",
                                        number));
    }

    void requireAlive(int node) {
        if (!condition.broker(node).isAlive()) {
            throw refused("broker %d is not heard of; start it first", node);
        }
    }

    static MillraceException refused(String sentence, Object... args) {
        return MillraceException.of(ErrorCode.CHANGE_REFUSED, sentence.formatted(args));
    }
}
