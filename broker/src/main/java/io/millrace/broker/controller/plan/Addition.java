package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.AddReplica;
import io.millrace.broker.controller.AddShards;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ImageDraft;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.ShardImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plans what a broker gets that is added: new shards at once, and replicas of others as {@link
 * RepairPlan} goes on, a few at a time.
 */
final class Addition {

    private final PlanDraft plan;
    private final int node;
    private final ImageDraft trial;

    Addition(PlanDraft plan, int node) {
        this.plan = plan;
        this.node = node;
        this.trial = new ImageDraft(plan.image());
    }

    void plan() {
        BrokerState before = plan.broker(node).state();
        plan.requireAlive(node);
        ChangeBroker filling = new ChangeBroker(node, BrokerState.FILLING, false);
        trial.add(filling);
        if (!before.mayLead()) {
            plan.tell("broker %d, %s so far, takes replicas and leads", node, before);
        }
        Optional<AddShards> shards = newShards();
        shards.ifPresent(trial::add);
        completeShards();
        takeOver();
        boolean lacksNothing = trial.commands().equals(List.of(filling));
        if (before != BrokerState.ACTIVE || !lacksNothing) {
            plan.order(filling);
            shards.ifPresent(plan::order);
        }
    }

    private Optional<AddShards> newShards() {
        ClusterImage image = trial.image();
        int perBroker = image.config().shardsPerBroker();
        long members = image.brokers().values().stream().filter(b -> b.state().isMember()).count();
        long missing = Math.min(perBroker, members * perBroker - image.dataShards().size());
        if (missing <= 0) {
            return Optional.empty();
        }
        ReplicaPlacement placement = ReplicaPlacement.in(image, plan.condition());
        int replicas = RepairPlan.replicasOf(image, false);
        int first = image.shards().lastKey() + 1;
        List<List<Integer>> placements = new ArrayList<>();
        for (int n = 0; n < missing; n++) {
            List<Integer> nodes = placement.chooseAll(node, replicas);
            placements.add(nodes);
            plan.tell(first + n, 0, "is new, on brokers %s", nodes);
        }
        return Optional.of(new AddShards(first, placements));
    }

    /** Shards with too few replicas for the brokers that there are now. */
    private void completeShards() {
        for (ShardImage shard : trial.image().shards().values()) {
            int wanted = RepairPlan.replicasOf(trial.image(), shard.isController());
            boolean here = shard.replicas().stream().anyMatch(one -> one.nodeId() == node);
            if (!here && shard.changing().isEmpty() && shard.lasting().size() < wanted) {
                trial.add(new AddReplica(shard.shard(), node));
                long bytes = plan.condition().bytes(shard);
                plan.tell(shard.shard(), bytes, "gets a replica on broker %d", node);
            }
        }
    }

    private void takeOver() {
        Optional<MoveReplica> next = new Filling(trial.image(), plan.condition(), node).next();
        while (next.isPresent()) {
            plan.tell(next.get());
            trial.add(next.get());
            next = new Filling(trial.image(), plan.condition(), node).next();
        }
    }
}
