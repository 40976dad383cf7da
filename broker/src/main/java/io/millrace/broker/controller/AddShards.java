package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Makes new data shards. If shards from that number on are there already, it changes nothing, so
 * that it can be sent again. Yields the numbers of the shards.
 *
 * @param firstShard the number of the first, one higher than the last there is
 * @param placements the brokers of each new shard, the one that is to lead first, 1 to 7
 */
public record AddShards(int firstShard, List<List<Integer>> placements)
        implements ControllerCommand<List<Integer>> {

    /** The most data shards of a cluster. */
    public static final int MAX_SHARDS = 16_384;

    public AddShards {
        placements = placements.stream().map(List::copyOf).toList();
    }

    @Override
    public CommandKind kind() {
        return CommandKind.ADD_SHARDS;
    }

    @Override
    public Transition<List<Integer>> applyTo(ControllerState state) {
        state.requireFormed();
        ClusterImage image = state.image();
        List<Integer> numbers = new ArrayList<>();
        for (int n = 0; n < placements.size(); n++) {
            numbers.add(firstShard + n);
        }
        int last = image.shards().lastKey();
        if (firstShard >= 1 && firstShard <= last) {
            return new Transition<>(
                    state, List.copyOf(numbers.stream().filter(n -> n <= last).toList()));
        }
        if (firstShard != last + 1) {
            throw ChangeRefused.invalid(
                    "the next shard is %d, not %d; plan anew", last + 1, firstShard);
        }
        if (last + placements.size() > MAX_SHARDS) {
            throw ChangeRefused.because(
                    "a cluster has at most %,d data shards, and there are %,d; lower the cluster"
                            + " setting shards-per-broker",
                    MAX_SHARDS, last);
        }
        long replicaId = state.nextReplicaId();
        List<ShardImage> made = new ArrayList<>();
        for (int n = 0; n < placements.size(); n++) {
            List<Integer> nodes = placements.get(n);
            checkNodes(state, numbers.get(n), nodes);
            made.add(founded(numbers.get(n), nodes, replicaId));
            replicaId += nodes.size();
        }
        if (made.isEmpty()) {
            return new Transition<>(state, List.of());
        }
        return new Transition<>(
                state.withPlacements(image.withShards(made), replicaId), List.copyOf(numbers));
    }

    /** A new shard that is created with all its replicas, with ids from the first on. */
    static ShardImage founded(int number, List<Integer> nodes, long firstReplicaId) {
        List<ReplicaImage> replicas = new ArrayList<>();
        List<Long> founders = new ArrayList<>();
        for (int node : nodes) {
            long id = firstReplicaId + replicas.size();
            replicas.add(new ReplicaImage(node, id, ReplicaState.NEW));
            founders.add(id);
        }
        return new ShardImage(number, replicas, founders, ConfirmedMembers.NONE);
    }

    private static void checkNodes(ControllerState state, int shard, List<Integer> nodes) {
        if (nodes.isEmpty()
                || nodes.size() > AddReplica.MAX_REPLICAS
                || new HashSet<>(nodes).size() != nodes.size()) {
            throw ChangeRefused.invalid(
                    "shard %d needs 1 to %d different brokers, not %s",
                    shard, AddReplica.MAX_REPLICAS, nodes);
        }
        for (int node : nodes) {
            BrokerState is = state.requireBroker(node).state();
            if (!is.isMember()) {
                throw ChangeRefused.because(
                        "broker %d is %s and takes no new shard; plan anew without it", node, is);
            }
        }
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(firstShard);
        out.list(placements, (nodes, to) -> to.list(nodes, (node, at) -> at.int32(node)));
    }

    static AddShards decode(WireReader in) throws MalformedException {
        return new AddShards(in.int32(), in.list(list -> list.list(WireReader::int32)));
    }

    @Override
    public void encodeValue(List<Integer> value, WireWriter out) {
        out.list(value, (shard, to) -> to.int32(shard));
    }

    @Override
    public List<Integer> decodeValue(WireReader in) throws MalformedException {
        return in.list(WireReader::int32);
    }
}
