package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.AddReplica;
import io.millrace.broker.controller.AddShards;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ChangeBroker;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ImageDraft;
import io.millrace.broker.controller.MoveReplica;
import io.millrace.broker.controller.PreferLeader;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Works one {@link ChangePlan} out. */
final class ChangePlanner {

    private static final int SAFE_BROKERS = 3;

    private final ClusterCondition condition;
    private final ImageDraft draft;
    private final List<ChangeStep> steps = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private List<LeaderTransfer> transfers = List.of();

    ChangePlanner(ClusterImage image, ClusterCondition condition) {
        this.condition = condition;
        this.draft = new ImageDraft(image);
    }

    ChangePlan plan() {
        return new ChangePlan(steps, warnings, draft.commands(), transfers);
    }

    void add(int node) {
        BrokerState before = broker(node).state();
        requireAlive(node);
        draft.add(new ChangeBroker(node, BrokerState.ACTIVE, false));
        if (before != BrokerState.ACTIVE) {
            steps.add(
                    ChangeStep.of("broker %d, %s so far, takes replicas and leads", node, before));
        }
        completeShards(node);
        newShards(node);
        takeOver(node);
    }

    /** Shards with too few replicas for the brokers that there are now. */
    private void completeShards(int node) {
        for (ShardImage shard : draft.image().shards().values()) {
            int wanted = RepairPlan.replicasOf(draft.image(), shard.isController());
            boolean here = shard.replicas().stream().anyMatch(one -> one.nodeId() == node);
            if (!here && shard.changing().isEmpty() && shard.lasting().size() < wanted) {
                draft.add(new AddReplica(shard.shard(), node));
                steps.add(
                        ChangeStep.of(
                                shard.shard(),
                                condition.bytes(shard),
                                "shard %d gets a replica on broker %d",
                                shard.shard(),
                                node));
            }
        }
    }

    private void newShards(int node) {
        ClusterImage image = draft.image();
        int perBroker = image.config().shardsPerBroker();
        long members = image.brokers().values().stream().filter(b -> b.state().isMember()).count();
        long missing = Math.min(perBroker, members * perBroker - image.dataShards().size());
        if (missing <= 0) {
            return;
        }
        ReplicaPlacement placement = ReplicaPlacement.in(image, condition);
        int replicas = RepairPlan.replicasOf(image, false);
        int first = image.shards().lastKey() + 1;
        List<List<Integer>> placements = new ArrayList<>();
        for (int n = 0; n < missing; n++) {
            List<Integer> nodes = placement.chooseAll(node, replicas);
            placements.add(nodes);
            steps.add(
                    ChangeStep.of(
                            first + n, 0, "shard %d is new, on brokers %s", first + n, nodes));
        }
        draft.add(new AddShards(first, placements));
    }

    /** From the fullest brokers, until it holds its share. */
    private void takeOver(int node) {
        while (true) {
            ReplicaPlacement placement = ReplicaPlacement.in(draft.image(), condition);
            Optional<ShardImage> next = Optional.empty();
            int from = 0;
            for (int fullest : fullestFirst(placement)) {
                if (placement.held().get(fullest) - placement.held().get(node) < 2) {
                    return;
                }
                from = fullest;
                next = toTakeOver(placement, fullest, node);
                if (next.isPresent()) {
                    break;
                }
            }
            if (next.isEmpty()) {
                return;
            }
            moveReplica(next.get(), from, node);
        }
    }

    private List<Integer> fullestFirst(ReplicaPlacement placement) {
        return placement.held().keySet().stream()
                .sorted(Comparator.comparing((Integer node) -> -placement.held().get(node)))
                .toList();
    }

    /** Rather one that it does not lead: less has to move. */
    private Optional<ShardImage> toTakeOver(ReplicaPlacement placement, int from, int to) {
        return draft.image().dataShards().stream()
                .filter(shard -> shard.changing().isEmpty())
                .filter(shard -> condition.hasQuorum(shard, 0))
                .filter(shard -> isVoterOn(shard, from))
                .filter(shard -> shard.replicas().stream().noneMatch(r -> r.nodeId() == to))
                .filter(shard -> placement.keepsRacks(shard, from, to))
                .min(Comparator.comparing(shard -> condition.leader(shard.shard()) == from));
    }

    private static boolean isVoterOn(ShardImage shard, int node) {
        return shard.replicaOn(node).filter(one -> one.state() == ReplicaState.VOTER).isPresent();
    }

    private void moveReplica(ShardImage shard, int from, int to) {
        draft.add(new MoveReplica(shard.shard(), from, to));
        steps.add(
                ChangeStep.of(
                        shard.shard(),
                        condition.bytes(shard),
                        "the replica of shard %d moves from broker %d to broker %d",
                        shard.shard(),
                        from,
                        to));
    }

    void remove(int node) {
        BrokerImage broker = broker(node);
        int left =
                (int)
                        draft.image().brokers().values().stream()
                                .filter(b -> b.nodeId() != node && b.state().isMember())
                                .count();
        List<ShardImage> held = draft.image().shardsOn(node);
        boolean force = broker.state().isMember() && !held.isEmpty() && left < SAFE_BROKERS;
        draft.add(new ChangeBroker(node, BrokerState.LEAVING, force));
        if (force) {
            warnings.add(
                    "without broker %d there are %d brokers left, and shards that have %d replicas or"
                                    .formatted(node, left, left)
                            + " fewer stop when one of them does");
        }
        ReplicaPlacement placement = ReplicaPlacement.in(draft.image(), condition);
        for (ShardImage shard : held) {
            shard.replicaOn(node).ifPresent(one -> removeFrom(shard, one, placement, left));
        }
        steps.add(ChangeStep.of("broker %d is forgotten once it holds nothing", node));
        transfers = transfersOff(node);
    }

    private List<LeaderTransfer> transfersOff(int node) {
        return LeaderPlan.relieve(draft.image(), condition, Integer.MAX_VALUE).stream()
                .filter(one -> one.from() == node)
                .toList();
    }

    private void removeFrom(
            ShardImage shard, ReplicaImage replica, ReplicaPlacement placement, int left) {
        if (!condition.hasQuorum(shard, replica.replicaId())) {
            warnings.add(
                    "shard %d has no majority that is up without broker %d"
                            .formatted(shard.shard(), replica.nodeId()));
        }
        Optional<Integer> to = placement.choose(shard, replica.nodeId());
        long bytes = to.isPresent() ? condition.bytes(shard) : 0;
        String what =
                to.map("is built on broker %d, then removed from"::formatted)
                        .orElse(
                                shard.lasting().size() > left
                                        ? "is removed from"
                                        : "waits for another broker that can take it, and stays on");
        steps.add(
                ChangeStep.of(
                        shard.shard(),
                        bytes,
                        "the replica of shard %d %s broker %d",
                        shard.shard(),
                        what,
                        replica.nodeId()));
    }

    void drain(int node) {
        broker(node);
        BrokerImage after = draft.add(new ChangeBroker(node, BrokerState.DRAINED, false));
        if (!draft.commands().isEmpty()) {
            steps.add(ChangeStep.of("broker %d is %s: it leads nothing", node, after.state()));
        }
        transfers = transfersOff(node);
        for (LeaderTransfer one : transfers) {
            steps.add(
                    ChangeStep.of(
                            one.shard(),
                            0,
                            "broker %d leads shard %d instead of broker %d",
                            one.to(),
                            one.shard(),
                            node));
        }
        for (ShardImage shard : draft.image().shards().values()) {
            if (condition.leader(shard.shard()) == node
                    && transfers.stream().noneMatch(one -> one.shard() == shard.shard())) {
                warnings.add(
                        "shard %d has no other replica that is up and could lead it"
                                .formatted(shard.shard()));
            }
        }
    }

    void undrain(int node) {
        BrokerState before = broker(node).state();
        if (before == BrokerState.JOINED) {
            throw refused(
                    "broker %d has joined and holds nothing yet; run `millrace cluster add %d`",
                    node, node);
        }
        draft.add(new ChangeBroker(node, BrokerState.ACTIVE, false));
        if (before != BrokerState.ACTIVE) {
            steps.add(ChangeStep.of("broker %d, %s so far, may lead again", node, before));
        }
    }

    void transfer(int number, int wanted) {
        ShardImage shard = shard(number);
        int leader = condition.leader(number);
        if (leader == 0) {
            throw refused("shard %d has no leader that could hand over; wait for one", number);
        }
        int to = wanted == 0 ? best(shard, leader) : wanted;
        if (to == leader) {
            return;
        }
        requireFitToLead(shard, to);
        draft.add(new PreferLeader(number, List.of(to)));
        transfers = List.of(new LeaderTransfer(number, leader, to, "asked for"));
        steps.add(
                ChangeStep.of(
                        number, 0, "broker %d leads shard %d instead of %d", to, number, leader));
    }

    private int best(ShardImage shard, int leader) {
        return shard.replicas().stream()
                .map(ReplicaImage::nodeId)
                .filter(node -> node != leader && whyUnfit(shard, node).isEmpty())
                .findFirst()
                .orElseThrow(
                        () ->
                                refused(
                                        "shard %d has no other replica that is up and could lead it",
                                        shard.shard()));
    }

    private void requireFitToLead(ShardImage shard, int node) {
        broker(node);
        whyUnfit(shard, node)
                .ifPresent(
                        why -> {
                            throw refused(
                                    "broker %d cannot lead shard %d: %s", node, shard.shard(), why);
                        });
    }

    private Optional<String> whyUnfit(ShardImage shard, int node) {
        BrokerState state = draft.image().brokers().get(node).state();
        if (!isVoterOn(shard, node)) {
            return Optional.of("it holds no voter of it; move one there first");
        }
        if (state != BrokerState.ACTIVE) {
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

    void move(int number, int from, int to) {
        ShardImage shard = shard(number);
        broker(to);
        requireAlive(to);
        if (!condition.hasQuorum(shard, 0)) {
            warnings.add(
                    "shard %d has no majority that is up, so that the move cannot be finished"
                            .formatted(number));
        }
        moveReplica(shard, from, to);
        if (draft.commands().isEmpty()) {
            steps.clear(); // under way already
        }
    }

    private void requireAlive(int node) {
        if (!condition.broker(node).isAlive()) {
            throw refused("broker %d is not heard of; start it first", node);
        }
    }

    private BrokerImage broker(int node) {
        return draft.image()
                .broker(node)
                .orElseThrow(
                        () ->
                                refused(
                                        "there is no broker %d in this cluster; start it with the"
                                                + " cluster's seeds, and look at `millrace cluster"
                                                + " brokers`",
                                        node));
    }

    private ShardImage shard(int number) {
        return draft.image()
                .shard(number)
                .orElseThrow(
                        () ->
                                refused(
                                        "there is no shard %d; look at `millrace cluster shards`",
                                        number));
    }

    private static MillraceException refused(String sentence, Object... args) {
        return MillraceException.of(ErrorCode.CHANGE_REFUSED, sentence.formatted(args));
    }
}
