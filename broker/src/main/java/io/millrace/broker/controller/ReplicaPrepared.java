package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * A broker has made the files of a new replica, and they are durable: from now on it may take part,
 * and if they are missing it is lost. Again, it changes nothing.
 *
 * @param shard the shard
 * @param node the broker
 * @param replicaId the replica
 */
public record ReplicaPrepared(int shard, int node, long replicaId) implements ShardChange {

    @Override
    public CommandKind kind() {
        return CommandKind.REPLICA_PREPARED;
    }

    @Override
    public Transition<ShardImage> applyTo(ControllerState state) {
        ShardImage image = state.requireShard(shard);
        ReplicaImage replica =
                image.replica(replicaId)
                        .filter(one -> one.nodeId() == node)
                        .orElseThrow(
                                () ->
                                        ChangeRefused.because(
                                                "replica %d of shard %d is not placed on broker %d"
                                                        + " any more; discard its files",
                                                replicaId, shard, node));
        if (replica.state() != ReplicaState.NEW) {
            return new Transition<>(state, image);
        }
        ReplicaState next = image.isFounder(replicaId) ? ReplicaState.VOTER : ReplicaState.LEARNER;
        return ShardChange.to(state, image.with(replicaId, next));
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(shard);
        out.int32(node);
        out.int64(replicaId);
    }

    static ReplicaPrepared decode(WireReader in) throws MalformedException {
        return new ReplicaPrepared(in.int32(), in.int32(), in.int64());
    }
}
