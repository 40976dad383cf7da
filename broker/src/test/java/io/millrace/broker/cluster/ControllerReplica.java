package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ConfirmMembers;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerCodec;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.PromoteReplica;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaPrepared;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.shard.StillShard;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.ShardStatus;
import io.millrace.v1.PeerIntroduction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A controller of one replica that applies at once, or holds back what is proposed until the test
 * lets it go. Its brokers were all registered, and their replicas are as the map wants them.
 */
final class ControllerReplica extends StillShard {

    final ControllerStateMachine machine = new ControllerStateMachine();
    final Controller controller;

    /** What was ordered since the cluster was formed. */
    final List<ControllerCommand<?>> ordered = new ArrayList<>();

    boolean holdsBack;
    long leadingTerm = 1;
    private final List<Proposal> held = new ArrayList<>();
    private long index;

    ControllerReplica(int founders, int shardsPerBroker) {
        controller = new Controller(this, machine);
        try {
            machine.started();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        List<Integer> nodes = IntStream.rangeClosed(1, founders).boxed().toList();
        run(new FormCluster("c", nodes, shardsPerBroker));
        nodes.forEach(this::register);
        settle();
        ordered.clear();
    }

    void register(int node) {
        run(new RegisterBroker(broker(node), false));
    }

    /** All replicas come to be, and count. */
    void settle() {
        for (int number : image().shards().keySet()) {
            for (ReplicaImage replica : shard(number).in(ReplicaState.NEW)) {
                run(new ReplicaPrepared(number, replica.nodeId(), replica.replicaId()));
            }
            confirm(number);
            for (ReplicaImage replica : shard(number).in(ReplicaState.LEARNER)) {
                run(new PromoteReplica(number, replica.replicaId()));
            }
            confirm(number);
        }
    }

    private void confirm(int number) {
        ShardImage shard = shard(number);
        run(
                new ConfirmMembers(
                        number,
                        1,
                        index,
                        shard.in(ReplicaState.VOTER).stream().map(r -> r.replicaId()).toList(),
                        shard.in(ReplicaState.LEARNER).stream().map(r -> r.replicaId()).toList()));
    }

    void run(ControllerCommand<?> command) {
        controller.submit(command).join();
    }

    ClusterImage image() {
        return machine.images().current();
    }

    ShardImage shard(int number) {
        return image().shards().get(number);
    }

    /** Who a broker says that it is. */
    PeerIntroduction peer(int node) {
        BrokerImage broker = image().brokers().get(node);
        return PeerIntroduction.newBuilder()
                .setNodeId(node)
                .setDirectoryId(broker.directoryId())
                .setStartCounter(broker.startCounter())
                .setStartNonce(broker.startNonce())
                .build();
    }

    private static BrokerImage broker(int node) {
        return new BrokerImage(
                node,
                "host" + node + ":7400",
                "host" + node + ":7401",
                "host" + node + ":7402",
                "0.1.0",
                "",
                "directory" + node,
                1,
                7,
                42,
                BrokerState.JOINED);
    }

    /** What was held back goes on. */
    void letGo() {
        holdsBack = false;
        List<Proposal> all = List.copyOf(held);
        held.clear();
        all.forEach(this::apply);
    }

    /** What was held back is lost. */
    void lose() {
        List<Proposal> all = List.copyOf(held);
        held.clear();
        all.forEach(one -> one.failed(Proposal.Outcome.UNKNOWN, "the leader stepped down"));
    }

    @Override
    public void propose(Proposal proposal, long expectedTerm) {
        if (expectedTerm != leadingTerm) {
            proposal.failed(Proposal.Outcome.NOT_APPLIED_NOT_LEADER, "another term");
        } else if (holdsBack) {
            held.add(proposal);
        } else {
            apply(proposal);
        }
    }

    private void apply(Proposal proposal) {
        try {
            ordered.add(ControllerCodec.decodeCommand(proposal.data().duplicate()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        machine.apply(++index, leadingTerm, proposal.data(), proposal);
        machine.applied(index);
    }

    @Override
    public int id() {
        return ShardImage.CONTROLLER;
    }

    @Override
    public long leadingTerm() {
        return leadingTerm;
    }

    @Override
    public ShardStatus status() {
        return new ShardStatus(
                ShardImage.CONTROLLER,
                leadingTerm == 0 ? ShardStatus.Role.FOLLOWER : ShardStatus.Role.LEADER,
                leadingTerm,
                leadingTerm == 0 ? 0 : 1,
                Members.NONE,
                List.of(),
                index,
                index,
                0,
                1,
                index,
                "");
    }
}
