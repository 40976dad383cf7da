package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/**
 * Says which brokers are to lead a shard, the first of them that can. Brokers that are not named
 * come after, as they were.
 *
 * @param shard the shard
 * @param order node ids that hold replicas of it, the best first, at least one
 */
public record PreferLeader(int shard, List<Integer> order) implements ShardChange {

    public PreferLeader {
        order = List.copyOf(order);
    }

    @Override
    public CommandKind kind() {
        return CommandKind.PREFER_LEADER;
    }

    @Override
    public Transition<ShardImage> applyTo(ControllerState state) {
        ShardImage image = state.requireShard(shard);
        if (order.isEmpty() || new HashSet<>(order).size() != order.size()) {
            throw ChangeRefused.invalid("name at least one broker, and none twice: %s", order);
        }
        for (int node : order) {
            if (image.replicaOn(node).isEmpty()) {
                throw ChangeRefused.because(
                        "broker %d holds no replica of shard %d and cannot lead it; choose one of"
                                + " %s",
                        node, shard, image.lasting().stream().map(ReplicaImage::nodeId).toList());
            }
        }
        List<ReplicaImage> next = new ArrayList<>(image.replicas());
        next.sort(Comparator.comparingInt(this::rank)); // stable
        return ShardChange.to(state, image.withReplicas(next));
    }

    private int rank(ReplicaImage replica) {
        int rank = order.indexOf(replica.nodeId());
        return rank < 0 ? order.size() : rank;
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(shard);
        out.list(order, (node, to) -> to.int32(node));
    }

    static PreferLeader decode(WireReader in) throws MalformedException {
        return new PreferLeader(in.int32(), in.list(WireReader::int32));
    }
}
