package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ShardImage;
import java.util.List;
import java.util.Optional;

/** Plans how a broker is emptied and forgotten; {@link RepairPlan} does most of it. */
final class Removal {

    private static final int SAFE_BROKERS = 3;

    private final PlanDraft plan;
    private final int node;

    Removal(PlanDraft plan, int node) {
        this.plan = plan;
        this.node = node;
    }

    void plan() {
        BrokerImage broker = plan.broker(node);
        int left =
                (int)
                        plan.image().brokers().values().stream()
                                .filter(b -> b.nodeId() != node && b.state().isMember())
                                .count();
        List<ShardImage> held = plan.image().shardsOn(node);
        boolean force = broker.state().isMember() && !held.isEmpty() && left < SAFE_BROKERS;
        plan.order(new ChangeBroker(node, BrokerState.LEAVING, force));
        if (force) {
            plan.warn(
                    "without broker %d there are %d brokers left, and shards that have %d replicas or"
                            + " fewer stop when one of them does",
                    node, left, left);
        }
        ReplicaPlacement placement = ReplicaPlacement.in(plan.image(), plan.condition());
        for (ShardImage shard : held) {
            shard.replicaOn(node).ifPresent(one -> remove(shard, one, placement, left));
        }
        plan.tell("broker %d is forgotten once it holds nothing", node);
        plan.handOverAll(node);
    }

    private void remove(
            ShardImage shard, ReplicaImage replica, ReplicaPlacement placement, int left) {
        ClusterCondition condition = plan.condition();
        if (!condition.hasQuorum(shard, replica.replicaId())) {
            plan.warn("shard %d has no majority that is up without broker %d", shard.shard(), node);
        }
        Optional<Integer> to = placement.choose(shard, node);
        String what =
                to.map("is built on broker %d, then removed from"::formatted)
                        .orElse(
                                shard.lasting().size() > left
                                        ? "is removed from"
                                        : "waits for another broker that can take it, and stays on");
        plan.tell(
                shard.shard(),
                to.isPresent() ? condition.bytes(shard) : 0,
                "its replica %s broker %d",
                what,
                node);
    }
}
