package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * A learner is whole and has caught up: it is to count. Again, it changes nothing.
 *
 * @param shard the shard
 * @param replicaId the replica
 */
public record PromoteReplica(int shard, long replicaId) implements ShardChange {

    @Override
    public CommandKind kind() {
        return CommandKind.PROMOTE_REPLICA;
    }

    @Override
    public Transition<ShardImage> applyTo(ControllerState state) {
        ShardImage image = state.requireShard(shard);
        ReplicaState present = image.replica(replicaId).map(ReplicaImage::state).orElse(null);
        if (present == ReplicaState.VOTER) {
            return new Transition<>(state, image);
        }
        if (present != ReplicaState.LEARNER
                || !image.confirmed().learnerIds().contains(replicaId)) {
            throw ChangeRefused.because(
                    "replica %d of shard %d is %s, and only a learner that is in force can become a"
                            + " voter; wait for it",
                    replicaId,
                    shard,
                    present == null
                            ? "not placed any more"
                            : present == ReplicaState.LEARNER ? "not in force yet" : present);
        }
        return ShardChange.to(state, image.with(replicaId, ReplicaState.VOTER));
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(shard);
        out.int64(replicaId);
    }

    static PromoteReplica decode(WireReader in) throws MalformedException {
        return new PromoteReplica(in.int32(), in.int64());
    }
}
