package io.millrace.broker.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ConfirmMembers;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.ImageDraft;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.PromoteReplica;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaPrepared;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A cluster in which all that is wanted is in force, and every replica whole, unless told. */
final class PlanFixture {

    final Map<Integer, BrokerCondition> brokers = new HashMap<>();
    final Map<Long, ReplicaCondition> replicas = new HashMap<>();
    final Map<Integer, Integer> leaders = new HashMap<>();
    private final ImageDraft draft = new ImageDraft(ClusterImage.EMPTY);
    private long index;

    /** Each broker brings one shard, n, that it leads; racks are told by rack(node). */
    PlanFixture(int founders) {
        this(founders, 1);
    }

    /** Each broker brings some shards. All are led by the first in the order of preference. */
    PlanFixture(int founders, int shardsPerBroker) {
        List<Integer> nodes = new ArrayList<>();
        for (int node = 1; node <= founders; node++) {
            nodes.add(node);
        }
        run(new FormCluster("test", nodes, shardsPerBroker));
        image().shards()
                .forEach((shard, one) -> leaders.put(shard, one.replicas().get(0).nodeId()));
        nodes.forEach(this::register);
        settle();
    }

    void register(int node) {
        run(new ModelBroker(node).register());
        brokers.put(node, BrokerCondition.GOOD);
    }

    <R> R run(ControllerCommand<R> command) {
        return draft.add(command);
    }

    /** Everything wanted comes into force. */
    void settle() {
        for (ShardImage shard : image().shards().values()) {
            for (ReplicaImage replica : shard.in(ReplicaState.NEW)) {
                run(new ReplicaPrepared(shard.shard(), replica.nodeId(), replica.replicaId()));
            }
            confirm(shard.shard());
            for (ReplicaImage replica : shard(shard.shard()).in(ReplicaState.LEARNER)) {
                run(new PromoteReplica(shard.shard(), replica.replicaId()));
            }
            confirm(shard.shard());
        }
        image().shards()
                .values()
                .forEach(
                        shard ->
                                shard.replicas()
                                        .forEach(
                                                one ->
                                                        replicas.putIfAbsent(
                                                                one.replicaId(),
                                                                new ReplicaCondition(0, 0, 500))));
    }

    /** The leader has done what the map wants. */
    void confirm(int number) {
        ShardImage shard = shard(number);
        run(
                new ConfirmMembers(
                        number,
                        1,
                        ++index,
                        shard.in(ReplicaState.VOTER).stream().map(r -> r.replicaId()).toList(),
                        shard.in(ReplicaState.LEARNER).stream().map(r -> r.replicaId()).toList()));
    }

    void dead(int node, long ms) {
        brokers.put(node, new BrokerCondition(ms, ""));
        leaders.values().removeIf(leader -> leader == node);
    }

    ShardImage shard(int number) {
        return image().shards().get(number);
    }

    ClusterImage image() {
        return draft.image();
    }

    ClusterCondition condition() {
        return new ClusterCondition(brokers, replicas, leaders);
    }

    List<ControllerCommand<?>> repair() {
        return RepairPlan.next(image(), condition());
    }

    /** Repairs and what they bring about, until there is nothing left to do. */
    void repairAll(Consumer<ControllerCommand<?>> heard) {
        for (int round = 0; round < 50; round++) {
            List<ControllerCommand<?>> next = repair();
            if (next.isEmpty()) {
                return;
            }
            long changing = next.stream().filter(MoveReplica.class::isInstance).count();
            assertThat(changing).isLessThanOrEqualTo(image().config().concurrentMoves());
            next.forEach(this::run);
            next.forEach(heard);
            settle();
        }
        throw new AssertionError("it does not come to rest: " + repair());
    }

    long replicasOn(int node) {
        return image().shards().values().stream()
                .flatMap(shard -> shard.replicas().stream())
                .filter(one -> one.nodeId() == node)
                .count();
    }

    ChangePlan plan(ClusterChange change) {
        return ChangePlan.of(image(), condition(), change);
    }

    BrokerState state(int node) {
        return image().brokers().get(node).state();
    }
}
