package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * Takes a replica away without a replacement. One that never took part is gone at once; others go
 * as soon as the shard's leader has removed them, and what was to go in exchange for one that did
 * not count yet stays. If it is not there, or on its way out, it changes nothing.
 *
 * @param shard the shard
 * @param replicaId the replica
 * @param force whether the shard may be left with fewer than three voters; one always stays
 */
public record RemoveReplica(int shard, long replicaId, boolean force) implements ShardChange {

    /** With fewer, a shard cannot lose any and go on. */
    static final int SAFE_VOTERS = 3;

    @Override
    public CommandKind kind() {
        return CommandKind.REMOVE_REPLICA;
    }

    @Override
    public Transition<ShardImage> applyTo(ControllerState state) {
        ShardImage image = state.requireShard(shard);
        ReplicaImage replica = image.replica(replicaId).orElse(null);
        if (replica == null || !replica.state().isLasting()) {
            return new Transition<>(state, image);
        }
        if (replica.state() == ReplicaState.VOTER) {
            requireEnough(image, replica);
        }
        if (replica.state() == ReplicaState.VOTER) {
            return ShardChange.to(state, image.with(replicaId, ReplicaState.LEAVING));
        }
        boolean neverTookPart = replica.state() == ReplicaState.NEW && !image.isFounder(replicaId);
        ShardImage next =
                neverTookPart
                        ? image.without(replicaId)
                        : image.with(replicaId, ReplicaState.LEAVING);
        return ShardChange.to(state, next.withdrawn());
    }

    private void requireEnough(ShardImage image, ReplicaImage replica) {
        int left = image.in(ReplicaState.VOTER).size() - 1;
        if (left < 1) {
            throw ChangeRefused.because(
                    "replica %d on broker %d is the last voter of shard %d, and what it holds would"
                            + " be lost; move it to another broker instead",
                    replicaId, replica.nodeId(), shard);
        }
        if (force) {
            return;
        }
        AddReplica.requireSettled(image);
        if (left < SAFE_VOTERS) {
            throw ChangeRefused.because(
                    "shard %d would be left with %d voters and could not lose one more; move the"
                            + " replica to another broker instead, or use --force",
                    shard, left);
        }
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(shard);
        out.int64(replicaId);
        out.int8(force ? 1 : 0);
    }

    static RemoveReplica decode(WireReader in) throws MalformedException {
        return new RemoveReplica(in.int32(), in.int64(), in.int8() != 0);
    }
}
