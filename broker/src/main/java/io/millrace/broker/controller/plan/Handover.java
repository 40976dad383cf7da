package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.PreferLeader;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import java.util.List;
import java.util.Optional;

/** Plans who leads: all that a broker leads goes elsewhere, or one shard does. */
final class Handover {

    private final PlanDraft plan;
    private final ClusterCondition condition;

    Handover(PlanDraft plan) {
        this.plan = plan;
        this.condition = plan.condition();
    }

    void drain(int node) {
        plan.broker(node);
        BrokerImage after = plan.order(new ChangeBroker(node, BrokerState.DRAINED, false));
        if (!plan.changesNothing()) {
            plan.tell("broker %d is %s: it leads nothing", node, after.state());
        }
        List<LeaderTransfer> transfers = plan.handOverAll(node);
        for (LeaderTransfer one : transfers) {
            plan.tell(one.shard(), 0, "broker %d leads it instead of broker %d", one.to(), node);
        }
        for (ShardImage shard : plan.image().shards().values()) {
            if (condition.leader(shard.shard()) == node
                    && transfers.stream().noneMatch(one -> one.shard() == shard.shard())) {
                plan.warn(
                        "shard %d has no other replica that is up and could lead it",
                        shard.shard());
            }
        }
    }

    void undrain(int node) {
        BrokerState before = plan.broker(node).state();
        if (before == BrokerState.JOINED) {
            throw PlanDraft.refused(
                    "broker %d has joined and holds nothing yet; run `millrace cluster add %d`",
                    node, node);
        }
        plan.order(new ChangeBroker(node, BrokerState.ACTIVE, false));
        if (before == BrokerState.FILLING) {
            plan.tell("broker %d takes no more replicas over", node);
        } else if (before != BrokerState.ACTIVE) {
            plan.tell("broker %d, %s so far, may lead again", node, before);
        }
    }

    void transfer(int number, int wanted) {
        ShardImage shard = plan.shard(number);
        int leader = condition.leader(number);
        if (leader == 0) {
            throw PlanDraft.refused(
                    "shard %d has no leader that could hand over; wait for one", number);
        }
        int to = wanted == 0 ? best(shard, leader) : wanted;
        if (to == leader) {
            return;
        }
        requireFitToLead(shard, to);
        plan.order(new PreferLeader(number, List.of(to)));
        plan.handOver(new LeaderTransfer(number, leader, to, "asked for"));
        plan.tell(number, 0, "broker %d leads it instead of broker %d", to, leader);
    }

    private int best(ShardImage shard, int leader) {
        return shard.replicas().stream()
                .map(ReplicaImage::nodeId)
                .filter(node -> node != leader && whyUnfit(shard, node).isEmpty())
                .findFirst()
                .orElseThrow(
                        () ->
                                PlanDraft.refused(
                                        "shard %d has no other replica that is up and could lead it",
                                        shard.shard()));
    }

    private void requireFitToLead(ShardImage shard, int node) {
        plan.broker(node);
        whyUnfit(shard, node)
                .ifPresent(
                        why -> {
                            throw PlanDraft.refused(
                                    "broker %d cannot lead shard %d: %s", node, shard.shard(), why);
                        });
    }

    private Optional<String> whyUnfit(ShardImage shard, int node) {
        BrokerState state = plan.image().brokers().get(node).state();
        boolean votes =
                shard.replicaOn(node).filter(one -> one.state() == ReplicaState.VOTER).isPresent();
        if (!votes) {
            return Optional.of("it holds no voter of it; move one there first");
        }
        if (!state.mayLead()) {
            return Optional.of("it is " + state + "; undrain it first");
        }
        if (!condition.broker(node).isAlive()) {
            return Optional.of("it is not heard of; start it first");
        }
        if (!condition.broker(node).leadProblem().isEmpty()) {
            return Optional.of(condition.broker(node).leadProblem());
        }
        return condition.isUp(shard.replicaOn(node).orElseThrow())
                ? Optional.empty()
                : Optional.of("its replica has not caught up; wait for it");
    }
}
