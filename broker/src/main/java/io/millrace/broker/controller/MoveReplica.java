package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.Optional;

/**
 * Moves a replica: a new one is placed, and the old one goes once that counts. While the same move
 * is under way it changes nothing.
 *
 * @param shard the shard
 * @param from the broker that holds it
 * @param to the broker that is to hold it
 */
public record MoveReplica(int shard, int from, int to) implements ShardChange {

    @Override
    public CommandKind kind() {
        return CommandKind.MOVE_REPLICA;
    }

    @Override
    public Transition<ShardImage> applyTo(ControllerState state) {
        ShardImage image = state.requireShard(shard);
        Optional<ReplicaImage> old = image.replicaOn(from);
        boolean coming = image.replicaOn(to).filter(one -> one.state().isComing()).isPresent();
        if (coming && old.filter(one -> one.state() == ReplicaState.LEAVING).isPresent()) {
            return new Transition<>(state, image);
        }
        AddReplica.requireRoom(state, image, to);
        ReplicaImage moved =
                old.orElseThrow(
                        () ->
                                ChangeRefused.because(
                                        "broker %d holds no replica of shard %d that could be moved;"
                                                + " its replicas are on %s",
                                        from,
                                        shard,
                                        image.lasting().stream()
                                                .map(ReplicaImage::nodeId)
                                                .toList()));
        long id = state.nextReplicaId();
        ShardImage next = image.withNew(to, id, old).with(moved.replicaId(), ReplicaState.LEAVING);
        return ShardChange.to(state, next, id + 1);
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(shard);
        out.int32(from);
        out.int32(to);
    }

    static MoveReplica decode(WireReader in) throws MalformedException {
        return new MoveReplica(in.int32(), in.int32(), in.int32());
    }
}
