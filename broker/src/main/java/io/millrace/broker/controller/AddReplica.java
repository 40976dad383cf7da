package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.Optional;

/**
 * Places one more replica of a shard. If the broker holds one that is there to stay, it changes
 * nothing.
 *
 * @param shard the shard
 * @param node the broker that is to hold it
 */
public record AddReplica(int shard, int node) implements ShardChange {

    /** The most replicas of a shard that are there to stay. */
    public static final int MAX_REPLICAS = 7;

    @Override
    public CommandKind kind() {
        return CommandKind.ADD_REPLICA;
    }

    @Override
    public Transition<ShardImage> applyTo(ControllerState state) {
        ShardImage image = state.requireShard(shard);
        if (image.replicaOn(node).filter(one -> one.state().isLasting()).isPresent()) {
            return new Transition<>(state, image);
        }
        requireRoom(state, image, node);
        if (image.lasting().size() >= MAX_REPLICAS) {
            throw ChangeRefused.because(
                    "shard %d has %d replicas, and no shard has more than %d; move one instead",
                    shard, image.lasting().size(), MAX_REPLICAS);
        }
        long id = state.nextReplicaId();
        return ShardChange.to(state, image.withNew(node, id, Optional.empty()), id + 1);
    }

    /** Refuses unless a new replica of the shard can begin on the broker now. */
    static void requireRoom(ControllerState state, ShardImage image, int node) {
        BrokerImage broker = state.requireBroker(node);
        if (broker.state() == BrokerState.JOINED) {
            throw ChangeRefused.because(
                    "broker %d has joined and takes no replicas yet; run `millrace cluster add %d`"
                            + " first",
                    node, node);
        }
        if (!broker.state().isMember()) {
            throw ChangeRefused.because(
                    "broker %d is %s and takes no new replicas; choose another, or run `millrace"
                            + " cluster undrain %d` first",
                    node, broker.state(), node);
        }
        requireSettled(image);
        // What is left is voters and lost ones.
        image.replicaOn(node)
                .ifPresent(
                        one -> {
                            throw ChangeRefused.because(
                                    "broker %d holds a replica of shard %d already; choose another"
                                            + " broker",
                                    node, image.shard());
                        });
    }

    /** Refuses while another change of the shard is under way. */
    static void requireSettled(ShardImage image) {
        image.changing()
                .ifPresent(
                        what -> {
                            throw ChangeRefused.because(
                                    "shard %d is being changed: %s; wait until that is done,"
                                            + " `millrace cluster status` shows how far it is",
                                    image.shard(), what);
                        });
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(shard);
        out.int32(node);
    }

    static AddReplica decode(WireReader in) throws MalformedException {
        return new AddReplica(in.int32(), in.int32());
    }
}
