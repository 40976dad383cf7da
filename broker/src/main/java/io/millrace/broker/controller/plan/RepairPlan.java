package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.AddReplica;
import io.millrace.broker.controller.BrokerFilled;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.ForgetBroker;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.ImageDraft;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.PromoteReplica;
import io.millrace.broker.controller.RemoveReplica;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides what the controller's leader does by itself: promotes learners that are whole, replaces
 * replicas of brokers that are dead for long, moves replicas off leaving brokers, brings shards to
 * their number of replicas, fills brokers that were added, and forgets leaving brokers that hold
 * nothing. One step a shard at a time, and only so many shards at a time.
 *
 * <p>To be asked every second and after every change of the map; the answer is to be submitted, in
 * order. What is refused, since the map has changed meanwhile, comes again or not at all.
 */
public final class RepairPlan {

    private static final int REPLICAS = 3;

    private final ImageDraft draft;
    private final ClusterCondition condition;

    private RepairPlan(ClusterImage image, ClusterCondition condition) {
        this.draft = new ImageDraft(image);
        this.condition = condition;
    }

    /** What is to be done now. */
    public static List<ControllerCommand<?>> next(ClusterImage image, ClusterCondition condition) {
        if (!image.formed()) {
            return List.of();
        }
        RepairPlan plan = new RepairPlan(image, condition);
        for (ShardImage shard : image.shards().values()) {
            plan.giveUp(shard);
            plan.promote(plan.draft.image().shards().get(shard.shard()));
        }
        plan.beginChanges();
        plan.fill();
        plan.forget();
        return plan.draft.commands();
    }

    /** How many replicas a shard is to have. */
    static int replicasOf(ClusterImage image, boolean controller) {
        int members = members(image);
        return controller ? FormCluster.controllerVoters(members) : Math.min(REPLICAS, members);
    }

    private static int members(ClusterImage image) {
        return (int) image.brokers().values().stream().filter(b -> b.state().isMember()).count();
    }

    private void promote(ShardImage shard) {
        for (ReplicaImage replica : shard.in(ReplicaState.LEARNER)) {
            if (shard.confirmed().learnerIds().contains(replica.replicaId())
                    && condition.isUp(replica)) {
                draft.add(new PromoteReplica(shard.shard(), replica.replicaId()));
            }
        }
    }

    /** What was to count, on a broker that is dead for long or on its way out, is placed anew. */
    private void giveUp(ShardImage shard) {
        for (ReplicaImage replica : shard.replicas()) {
            // A new shard may need all its founders to begin: without a leader none is given up.
            boolean spare =
                    !shard.isFounder(replica.replicaId())
                            || shard.confirmed().term() > 0 && condition.hasQuorum(shard, 0);
            if (replica.state().isComing() && isHopeless(replica.nodeId()) && spare) {
                draft.add(new RemoveReplica(shard.shard(), replica.replicaId(), false));
            }
        }
    }

    private boolean isHopeless(int node) {
        BrokerState state = draft.image().broker(node).map(BrokerImage::state).orElse(null);
        return state == null || !state.isMember() || isDeadForLong(node);
    }

    private boolean isDeadForLong(int node) {
        return condition.broker(node).deadMs() > draft.image().config().replaceAfterMs();
    }

    private void beginChanges() {
        int free = freeMoves(draft.image());
        // The controller first, then what has the fewest replicas left.
        List<ShardImage> shards =
                draft.image().shards().values().stream()
                        .sorted(
                                Comparator.comparing((ShardImage shard) -> !shard.isController())
                                        .thenComparing(shard -> upVoters(shard)))
                        .toList();
        for (ShardImage shard : shards) {
            if (free > 0 && shard.changing().isEmpty() && condition.hasQuorum(shard, 0)) {
                Optional<ControllerCommand<ShardImage>> change = change(shard);
                change.ifPresent(draft::add);
                free -= change.isPresent() ? 1 : 0;
            }
        }
    }

    private void fill() {
        for (BrokerImage broker : draft.image().brokersIn(BrokerState.FILLING)) {
            Filling filling = new Filling(draft.image(), condition, broker.nodeId());
            Optional<MoveReplica> next = filling.next();
            while (next.isPresent() && freeMoves(draft.image()) > 0) {
                draft.add(next.get());
                filling = new Filling(draft.image(), condition, broker.nodeId());
                next = filling.next();
            }
            if (filling.isFull()) {
                draft.add(new BrokerFilled(broker.nodeId()));
            }
        }
    }

    /** How many more shards may change their replicas now; negative if too many do. */
    static int freeMoves(ClusterImage image) {
        return image.config().concurrentMoves() - underWay(image);
    }

    private static int underWay(ClusterImage image) {
        return (int)
                image.shards().values().stream()
                        .filter(
                                shard ->
                                        shard.replicas().stream()
                                                .anyMatch(one -> isUnderWay(shard, one)))
                        .count();
    }

    /** A founder that waits for its broker copies nothing. */
    private static boolean isUnderWay(ShardImage shard, ReplicaImage replica) {
        return replica.state() == ReplicaState.LEAVING
                || replica.state().isComing() && !shard.isFounder(replica.replicaId());
    }

    private int upVoters(ShardImage shard) {
        return (int) shard.in(ReplicaState.VOTER).stream().filter(condition::isUp).count();
    }

    private Optional<ControllerCommand<ShardImage>> change(ShardImage shard) {
        ClusterImage image = draft.image();
        int wanted = replicasOf(image, shard.isController());
        int most = shard.isController() ? wanted : Math.max(wanted, members(image));
        List<ReplicaImage> voters = shard.in(ReplicaState.VOTER);
        ReplicaPlacement placement = ReplicaPlacement.in(image, condition);
        for (ReplicaImage voter : voters) {
            boolean leaving = !image.brokers().get(voter.nodeId()).state().isMember();
            if (leaving || isDeadForLong(voter.nodeId())) {
                Optional<Integer> to = placement.choose(shard, voter.nodeId());
                if (leaving && voters.size() > most) {
                    return remove(shard, voter);
                }
                if (to.isPresent()) {
                    return Optional.of(new MoveReplica(shard.shard(), voter.nodeId(), to.get()));
                }
            }
        }
        if (voters.size() < wanted) {
            return placement.choose(shard, 0).map(node -> new AddReplica(shard.shard(), node));
        }
        if (shard.isController() && voters.size() > wanted) {
            return surplus(shard, placement).flatMap(one -> remove(shard, one));
        }
        return Optional.empty();
    }

    /** Of the controller's replicas: one that is not up, else on the fullest broker. */
    private Optional<ReplicaImage> surplus(ShardImage shard, ReplicaPlacement placement) {
        return shard.in(ReplicaState.VOTER).stream()
                .filter(one -> one.nodeId() != condition.leader(shard.shard()))
                .min(
                        Comparator.comparing(condition::isUp)
                                .thenComparing(one -> -placement.held().get(one.nodeId()))
                                .thenComparing(one -> -one.nodeId()));
    }

    private Optional<ControllerCommand<ShardImage>> remove(ShardImage shard, ReplicaImage voter) {
        return condition.hasQuorum(shard, voter.replicaId())
                ? Optional.of(new RemoveReplica(shard.shard(), voter.replicaId(), true))
                : Optional.empty();
    }

    private void forget() {
        for (BrokerImage broker : draft.image().brokersIn(BrokerState.LEAVING)) {
            if (draft.image().shardsOn(broker.nodeId()).isEmpty()) {
                draft.add(new ForgetBroker(broker.nodeId()));
            }
        }
    }
}
