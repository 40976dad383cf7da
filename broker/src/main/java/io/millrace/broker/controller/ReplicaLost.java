package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.Optional;

/**
 * The files of a replica are gone or cannot be trusted. It is never started again; unless its
 * broker is on its way out, a new one is placed there. Again, or for a replica that is not placed
 * any more, it changes nothing.
 *
 * @param shard the shard
 * @param node the broker
 * @param replicaId the replica
 * @param reason why, for the log, at most 1,000 characters
 */
public record ReplicaLost(int shard, int node, long replicaId, String reason)
        implements ShardChange {

    private static final int MAX_REASON = 1_000;

    /** Bounds what a broker that loses one replica after the other does to the map. */
    private static final int MAX_LOST = 16;

    @Override
    public CommandKind kind() {
        return CommandKind.REPLICA_LOST;
    }

    @Override
    public Transition<ShardImage> applyTo(ControllerState state) {
        ShardImage image = state.requireShard(shard);
        if (reason.length() > MAX_REASON) {
            throw ChangeRefused.invalid("the reason has at most %,d characters", MAX_REASON);
        }
        ReplicaImage replica = image.replica(replicaId).orElse(null);
        if (replica == null || replica.state() == ReplicaState.LOST) {
            return new Transition<>(state, image);
        }
        if (replica.nodeId() != node) {
            throw ChangeRefused.invalid(
                    "replica %d of shard %d is on broker %d, not on %d",
                    replicaId, shard, replica.nodeId(), node);
        }
        boolean replaced =
                state.image().broker(node).map(b -> b.state().isMember()).orElse(false)
                        && image.in(ReplicaState.LOST).size() < MAX_LOST;
        ShardImage next = lose(image, replica, replaced, state.nextReplicaId());
        boolean taken = next.lastReplicaId() == state.nextReplicaId();
        return ShardChange.to(state, next, state.nextReplicaId() + (taken ? 1 : 0));
    }

    /**
     * The shard with a replica lost.
     *
     * @param replaced whether a new one is to be placed on the same broker, with the id freshId
     */
    static ShardImage lose(ShardImage image, ReplicaImage replica, boolean replaced, long freshId) {
        ShardImage next = image;
        // One on its way out has its replacement already.
        if (replaced && replica.state().isLasting()) {
            next = next.withNew(replica.nodeId(), freshId, Optional.of(replica));
        }
        boolean neverTookPart =
                replica.state() == ReplicaState.NEW && !image.isFounder(replica.replicaId());
        next =
                neverTookPart
                        ? next.without(replica.replicaId())
                        : next.with(replica.replicaId(), ReplicaState.LOST);
        return replica.state().isComing() ? next.withdrawn() : next;
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(shard);
        out.int32(node);
        out.int64(replicaId);
        out.text(reason);
    }

    static ReplicaLost decode(WireReader in) throws MalformedException {
        return new ReplicaLost(in.int32(), in.int32(), in.int64(), in.text());
    }
}
