package io.millrace.broker.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ConfirmMembers;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.ImageDraft;
import io.millrace.broker.controller.MembersPlan;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaLost;
import io.millrace.broker.controller.ReplicaPrepared;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.SetClusterConfig;
import io.millrace.broker.controller.ShardImage;
import io.millrace.protocol.error.MillraceException;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Brokers, shards and the controller, all by the real commands and plans, over a model of Raft. */
final class ModelCluster {

    final Map<Integer, ModelBroker> brokers = new TreeMap<>();
    final Map<Integer, ModelShard> shards = new TreeMap<>();
    final List<String> trace = new ArrayList<>();
    private final ImageDraft controller = new ImageDraft(ClusterImage.EMPTY);
    private final List<ControllerCommand<?>> underWay = new ArrayList<>();
    private final List<LeaderTransfer> handedLater = new ArrayList<>();
    private final Set<Long> lost = new HashSet<>();
    private final Random random;
    boolean faulty = true;

    ModelCluster(Random random, int founders) {
        this.random = random;
        List<Integer> nodes = new ArrayList<>();
        for (int node = 1; node <= founders; node++) {
            nodes.add(node);
            brokers.put(node, new ModelBroker(node));
        }
        controller.add(new FormCluster("model", nodes, 1 + random.nextInt(2)));
        controller.add(new SetClusterConfig(Map.of("replica.replace-after-ms", "6s"), List.of()));
        ModelShard first = shard(image().shards().get(0));
        ReplicaImage own = image().shards().get(0).replicas().get(0);
        first.disks.put(own.replicaId(), new ModelShard.Disk());
        brokers.get(1).started.add(own.replicaId());
    }

    ClusterImage image() {
        return controller.image();
    }

    private ModelShard shard(ShardImage image) {
        return shards.computeIfAbsent(
                image.shard(),
                number ->
                        new ModelShard(
                                number,
                                new Members(image.foundingMembers(), List.of()),
                                one ->
                                        brokers.get(one.nodeId()).up
                                                && brokers.get(one.nodeId())
                                                        .started
                                                        .contains((long) one.replicaId())));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Has a command ordered, now, later, or twice, if the controller has a leader. */
    void submit(ControllerCommand<?> command) {
        if (faulty && chance(20)) {
            underWay.add(command);
        }
        if (!faulty || chance(80)) {
            order(command);
        }
    }

    private Optional<MillraceException> order(ControllerCommand<?> command) {
        if (!shards.get(0).leads()) {
            return Optional.empty();
        }
        try {
            long before = image().version();
            controller.add(command);
            if (image().version() != before) {
                trace.add(command.toString());
            }
            shards.get(0).publish();
            image().shards().values().forEach(this::shard);
            check();
            return Optional.empty();
        } catch (MillraceException refused) {
            return Optional.of(refused);
        }
    }

    /** Everybody does what there is to do, once. */
    void tick() {
        for (ModelBroker broker : brokers.values()) {
            broker.silentTicks = broker.up && broker.registered ? 0 : broker.silentTicks + 1;
            if (broker.up) {
                follow(broker);
            }
        }
        while (!underWay.isEmpty() && (!faulty || chance(50))) {
            order(underWay.remove(random.nextInt(underWay.size())));
        }
        while (!handedLater.isEmpty() && (!faulty || chance(50))) {
            handOver(handedLater.remove(random.nextInt(handedLater.size())));
        }
        for (ModelShard shard : shards.values()) {
            shard.elect();
            shard.publish();
            for (Member member : shard.inForce.all()) {
                if (!faulty || chance(60)) {
                    shard.replicate(member);
                }
            }
            lead(shard);
        }
        check();
        if (shards.get(0).leads()) {
            RepairPlan.next(image(), condition()).forEach(this::submit);
            LeaderPlan.relieve(image(), condition(), 3).forEach(this::hand);
            LeaderPlan.spread(image(), condition(), 2).forEach(this::move);
        }
    }

    /** Who is to hand over does so now, later, twice, or never, if it leads at that moment. */
    void hand(LeaderTransfer transfer) {
        if (faulty && chance(20)) {
            handedLater.add(transfer);
        }
        if (!faulty || chance(80)) {
            handOver(transfer);
        }
    }

    private void handOver(LeaderTransfer transfer) {
        ModelShard shard = shards.get(transfer.shard());
        if (shard.leads() && shard.leader.nodeId() == transfer.from()) {
            shard.transfer(transfer.to());
        }
    }

    private void move(LeaderMove move) {
        move.order().ifPresent(this::submit);
        hand(move.transfer());
    }

    private void follow(ModelBroker broker) {
        // The controller's replica runs before the map is known.
        startHeld(broker, shards.get(0));
        if (!broker.registered) {
            Optional<MillraceException> refusal = order(broker.register());
            BrokerImage known = image().brokers().get(broker.node);
            broker.registered =
                    refusal.isEmpty()
                            && known != null
                            && known.startNonce() == broker.nonce
                            && known.directoryId().equals(broker.register().broker().directoryId());
            if (!broker.registered) {
                return;
            }
            broker.map = image();
        }
        if (!faulty || chance(60)) {
            broker.map = image();
        }
        for (ShardImage wanted : broker.map.shards().values()) {
            follow(broker, wanted, shards.get(wanted.shard()));
        }
    }

    private void startHeld(ModelBroker broker, ModelShard shard) {
        for (ReplicaImage replica : image().shards().get(0).replicas()) {
            if (replica.nodeId() == broker.node
                    && shard.disks.containsKey(replica.replicaId())
                    && replica.state() != ReplicaState.LOST
                    && replica.state() != ReplicaState.NEW) {
                broker.started.add(replica.replicaId());
            }
        }
    }

    private void follow(ModelBroker broker, ShardImage wanted, ModelShard shard) {
        for (ReplicaImage replica : wanted.replicas()) {
            if (replica.nodeId() != broker.node) {
                continue;
            }
            long id = replica.replicaId();
            boolean files = shard.disks.containsKey(id);
            switch (replica.state()) {
                case NEW -> {
                    if (!files && !lost.contains(id)) {
                        shard.disks.put(id, new ModelShard.Disk());
                    }
                    submit(new ReplicaPrepared(wanted.shard(), broker.node, id));
                }
                case LEARNER, VOTER, LEAVING -> {
                    if (files) {
                        broker.started.add(id);
                    } else {
                        submit(new ReplicaLost(wanted.shard(), broker.node, id, "no files"));
                    }
                }
                case LOST -> {
                    broker.started.remove(id);
                    shard.disks.remove(id);
                }
            }
        }
        shard.disks
                .keySet()
                .removeIf(
                        id ->
                                holderOf(shard, id) == broker.node
                                        && id <= wanted.lastReplicaId()
                                        && wanted.replica(id).isEmpty()
                                        && (broker.started.remove(id) || true));
    }

    private final Map<Long, Integer> holders = new HashMap<>();

    private int holderOf(ModelShard shard, long id) {
        image().shards()
                .get(shard.number)
                .replicas()
                .forEach(one -> holders.put(one.replicaId(), one.nodeId()));
        return holders.getOrDefault(id, 0);
    }

    private void lead(ModelShard shard) {
        if (!shard.leads()) {
            return;
        }
        ModelBroker broker = brokers.get(shard.leader.nodeId());
        ShardImage wanted = broker.map.shards().get(shard.number);
        if (wanted == null || faulty && chance(30)) {
            return;
        }
        Optional<Members> next = MembersPlan.next(wanted, shard.inForce, shard::isUp);
        if (next.isPresent()) {
            trace.add("shard " + shard.number + " " + shard.inForce + " -> " + next.get());
            shard.change(next.get());
        } else {
            ConfirmMembers confirm =
                    ConfirmMembers.of(shard.number, shard.term, shard.index, shard.inForce);
            if (confirm.isNewsTo(wanted)) {
                submit(confirm);
            }
        }
    }

    /** How often each shard has changed its leader. */
    Map<Integer, Long> terms() {
        Map<Integer, Long> terms = new TreeMap<>();
        shards.forEach((number, shard) -> terms.put(number, shard.term));
        return terms;
    }

    ClusterCondition condition() {
        Map<Integer, BrokerCondition> conditions = new HashMap<>();
        for (ModelBroker broker : brokers.values()) {
            boolean dead = broker.silentTicks > 3;
            conditions.put(
                    broker.node,
                    dead
                            ? new BrokerCondition((broker.silentTicks - 3) * 1_000L, "")
                            : BrokerCondition.GOOD);
        }
        Map<Long, ReplicaCondition> replicas = new HashMap<>();
        Map<Integer, Integer> leaders = new HashMap<>();
        for (ModelShard shard : shards.values()) {
            if (shard.leads()) {
                leaders.put(shard.number, shard.leader.nodeId());
                long end = shard.disks.get(ModelShard.id(shard.leader)).log;
                for (Member member : shard.inForce.all()) {
                    ModelShard.Disk disk = shard.disks.get(ModelShard.id(member));
                    if (shard.isUp(member)) {
                        replicas.put(
                                ModelShard.id(member),
                                new ReplicaCondition(
                                        (end - disk.log) * 2_000, disk.holes ? 7 : 0, 100));
                    }
                }
            }
        }
        return new ClusterCondition(conditions, replicas, leaders);
    }

    void check() {
        ClusterImage image = image();
        for (ShardImage shard : image.shards().values()) {
            Set<Integer> nodes = new HashSet<>();
            for (ReplicaImage replica : shard.replicas()) {
                if (replica.state() == ReplicaState.LOST) {
                    lost.add(replica.replicaId());
                } else {
                    assertThat(nodes.add(replica.nodeId()))
                            .as("two alive on one: %s", shard)
                            .isTrue();
                    assertThat(lost).as("came back: %s", shard).doesNotContain(replica.replicaId());
                }
                assertThat(image.brokers()).as("%s", shard).containsKey(replica.nodeId());
            }
            long leavingVoters =
                    shard.in(ReplicaState.LEAVING).stream()
                            .filter(one -> shard.confirmed().voterIds().contains(one.replicaId()))
                            .count();
            assertThat(leavingVoters).as("moves at a time: %s", shard).isLessThanOrEqualTo(1);
        }
        for (ModelShard shard : shards.values()) {
            int voters = shard.inForce.voters().size();
            assertThat(voters).as("voters of shard %d", shard.number).isPositive();
            if (shard.acked > 0) {
                assertThat(shard.intact())
                        .as("voters with files in %s of shard %d", shard.inForce, shard.number)
                        .isGreaterThanOrEqualTo(voters / 2 + 1);
                assertThat(shard.hasWhole()).as("a whole voter of %d", shard.number).isTrue();
            }
            for (Member member : shard.inForce.all()) {
                assertThat(image.brokers())
                        .as("a forgotten broker is in %s", shard.inForce)
                        .containsKey(member.nodeId());
            }
        }
    }

    /** Takes a broker's directory away, if every shard can bear it. */
    void wipe(ModelBroker broker) {
        for (ModelShard shard : shards.values()) {
            List<Member> left =
                    shard.inForce.voters().stream()
                            .filter(one -> one.nodeId() != broker.node)
                            .filter(one -> shard.disks.containsKey(ModelShard.id(one)))
                            .toList();
            boolean bears =
                    left.size() >= shard.inForce.voters().size() / 2 + 1
                            && left.stream().anyMatch(one -> shard.isWhole(ModelShard.id(one)));
            boolean concerned =
                    shard.inForce.all().stream().anyMatch(one -> one.nodeId() == broker.node);
            if (concerned && !bears) {
                return;
            }
        }
        trace.add("wipe " + broker.node);
        broker.crash();
        for (ModelShard shard : shards.values()) {
            shard.disks.keySet().removeIf(id -> holderOf(shard, id) == broker.node);
        }
        broker.restartEmpty();
    }

    void ask(ClusterChange change) {
        if (!shards.get(0).leads()) {
            return;
        }
        try {
            ChangePlan plan = ChangePlan.of(image(), condition(), change);
            plan.requireSafe();
            trace.add("asked for " + change);
            plan.commands().forEach(this::submit);
            plan.transfers().forEach(this::hand);
        } catch (MillraceException refused) {
            // with a sentence
        }
    }

    /** All shards, for a failure's message. */
    String describe() {
        StringBuilder text = new StringBuilder();
        for (ModelShard shard : shards.values()) {
            text.append(image().shards().get(shard.number))
                    .append("\n    in force ")
                    .append(shard.inForce)
                    .append(" leader ")
                    .append(shard.leader)
                    .append(" up ")
                    .append(shard.inForce.all().stream().filter(shard::isUp).toList())
                    .append('\n');
        }
        image().brokers().values().forEach(b -> text.append(b).append('\n'));
        return text.toString();
    }
}
