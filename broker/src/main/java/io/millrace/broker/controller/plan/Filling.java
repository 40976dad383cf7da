package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Gives a broker that was added its share: replicas of data shards move to it from those that hold
 * most, as long as they hold two more. No shard gets into fewer racks by that.
 */
final class Filling {

    private final ClusterImage image;
    private final ClusterCondition condition;
    private final ReplicaPlacement placement;
    private final int node;

    Filling(ClusterImage image, ClusterCondition condition, int node) {
        this.image = image;
        this.condition = condition;
        this.placement = ReplicaPlacement.in(image, condition);
        this.node = node;
    }

    /** The move that can begin now. */
    Optional<MoveReplica> next() {
        return placement.isAble(node) ? find(this::isReady) : Optional.empty();
    }

    /**
     * Whether it holds its share, or can be given nothing more, also later. What others hold is not
     * known before the shards that lack replicas have got them.
     */
    boolean isFull() {
        return image.shards().values().stream().noneMatch(this::isToGrow)
                && find(shard -> true).isEmpty();
    }

    private boolean isToGrow(ShardImage shard) {
        return lacksReplicas(shard) && placement.choose(shard, 0).isPresent();
    }

    private boolean lacksReplicas(ShardImage shard) {
        return shard.lasting().size() < RepairPlan.replicasOf(image, shard.isController());
    }

    private Optional<MoveReplica> find(Predicate<ShardImage> chosen) {
        List<Integer> fullest =
                placement.held().keySet().stream()
                        .filter(from -> held(from) - held(node) >= 2)
                        .sorted(Comparator.comparing((Integer from) -> -held(from)))
                        .toList();
        for (int from : fullest) {
            Optional<ShardImage> shard =
                    image.dataShards().stream()
                            .filter(one -> isMovable(one, from))
                            .filter(chosen)
                            // Rather one that it does not lead: less has to move.
                            .min(Comparator.comparing(one -> leads(one, from)));
            if (shard.isPresent()) {
                return Optional.of(new MoveReplica(shard.get().shard(), from, node));
            }
        }
        return Optional.empty();
    }

    private boolean isMovable(ShardImage shard, int from) {
        return shard.replicas().stream().noneMatch(one -> one.nodeId() == node)
                && shard.replicaOn(from)
                        .filter(one -> one.state() == ReplicaState.VOTER)
                        .isPresent()
                && placement.keepsRacks(shard, from, node);
    }

    /** One that lacks replicas gets those first. */
    private boolean isReady(ShardImage shard) {
        return shard.changing().isEmpty() && !lacksReplicas(shard) && condition.hasQuorum(shard, 0);
    }

    private boolean leads(ShardImage shard, int from) {
        return condition.leader(shard.shard()) == from;
    }

    private int held(int broker) {
        return placement.held().get(broker);
    }
}
