package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.List;

/** A command that changes one shard, and yields it as it is then. */
public sealed interface ShardChange extends ControllerCommand<ShardImage>
        permits ReplicaPrepared,
                ReplicaLost,
                PromoteReplica,
                ConfirmMembers,
                AddReplica,
                MoveReplica,
                RemoveReplica,
                PreferLeader {

    /** The number of the shard. */
    int shard();

    @Override
    default void encodeValue(ShardImage value, WireWriter out) {
        value.encode(out);
    }

    @Override
    default ShardImage decodeValue(WireReader in) throws MalformedException {
        return ShardImage.decode(in);
    }

    /** The state with the shard as it is to be; the very same state if nothing changes. */
    static Transition<ShardImage> to(ControllerState state, ShardImage next) {
        return to(state, next, state.nextReplicaId());
    }

    /** As {@link #to(ControllerState, ShardImage)}, with replica ids taken. */
    static Transition<ShardImage> to(ControllerState state, ShardImage next, long nextReplicaId) {
        ClusterImage image = state.image();
        if (next.equals(image.shards().get(next.shard()))) {
            return new Transition<>(state, next);
        }
        return new Transition<>(
                state.withPlacements(image.withShards(List.of(next)), nextReplicaId), next);
    }
}
