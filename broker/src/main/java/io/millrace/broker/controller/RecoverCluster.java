package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Shards that lost their majority for good go on with one replica each, as an operator has decided
 * ({@code millrace cluster recover --unsafe}). Everything else about those shards is forgotten. A
 * shard that goes on already is left as it is.
 *
 * <p>If the controller itself goes on with one replica, it may have forgotten the newest of what it
 * had decided: ids that it gave out, and versions of the map that others have seen. So it leaves a
 * wide gap in all of them, and turns away the data directories of the brokers that are given up.
 *
 * @param survivors the replicas that go on, at most one a shard
 * @param givenUp the data directories that must not come back; only with the controller
 * @param controller whether the controller goes on with one replica
 */
public record RecoverCluster(List<Survivor> survivors, List<GivenUp> givenUp, boolean controller)
        implements ControllerCommand<ClusterImage> {

    /**
     * How far ids and versions are moved ahead: beyond any that can have been given out by entries
     * that one broker had and another had not.
     */
    public static final int GAP = 1_000_000;

    private static final int MAX_LISTED = 100_000;

    /**
     * A replica that goes on.
     *
     * @param shard its shard
     * @param node its broker
     * @param replicaId the id under which it goes on, above all that were ever placed in the shard
     */
    public record Survivor(int shard, int node, long replicaId) {

        void encode(WireWriter out) {
            out.int32(shard);
            out.int32(node);
            out.int64(replicaId);
        }

        static Survivor decode(WireReader in) throws MalformedException {
            return new Survivor(in.int32(), in.int32(), in.int64());
        }
    }

    /**
     * A data directory that must not come back.
     *
     * @param node the broker it belonged to
     * @param directoryId its id
     */
    public record GivenUp(int node, String directoryId) {

        void encode(WireWriter out) {
            out.int32(node);
            out.text(directoryId);
        }

        static GivenUp decode(WireReader in) throws MalformedException {
            return new GivenUp(in.int32(), in.text());
        }
    }

    public RecoverCluster {
        survivors = List.copyOf(survivors);
        givenUp = List.copyOf(givenUp);
    }

    @Override
    public CommandKind kind() {
        return CommandKind.RECOVER_CLUSTER;
    }

    @Override
    public Transition<ClusterImage> applyTo(ControllerState state) {
        state.requireFormed();
        if (Math.max(survivors.size(), givenUp.size()) > MAX_LISTED) {
            throw MillraceException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "at most %,d shards can be recovered at once".formatted(MAX_LISTED));
        }
        ClusterImage image = state.image();
        long nextReplica = state.nextReplicaId();
        List<ShardImage> changed = new ArrayList<>();
        for (Survivor one : survivors) {
            ShardImage shard = image.shards().get(one.shard());
            boolean known = shard != null && shard.replica(one.replicaId()).isPresent();
            if (shard != null && (controller || !known)) {
                changed.add(shard.alone(one.node(), one.replicaId()));
            }
            nextReplica = Math.max(nextReplica, one.replicaId() + 1);
        }
        ClusterImage next = changed.isEmpty() ? image : image.withShards(changed);
        if (controller) {
            ControllerState ahead = ahead(state, next, nextReplica + GAP);
            return new Transition<>(ahead, ahead.image());
        }
        return next == image
                ? new Transition<>(state, image)
                : new Transition<>(state.withPlacements(next, nextReplica), next);
    }

    private ControllerState ahead(ControllerState state, ClusterImage image, long nextReplica) {
        TreeMap<Integer, BrokerImage> brokers = new TreeMap<>(image.brokers());
        for (GivenUp one : givenUp) {
            brokers.computeIfPresent(
                    one.node(),
                    (node, known) ->
                            known.isRegistered() && known.directoryId().equals(one.directoryId())
                                    ? known.givenUp()
                                    : known);
        }
        return new ControllerState(
                image.ahead(GAP, brokers, nextReplica - 1),
                state.nextTopicId() + GAP,
                state.nextPartitionId() + GAP,
                nextReplica,
                state.nextProducerId() + GAP);
    }

    @Override
    public void encode(WireWriter out) {
        out.list(survivors, Survivor::encode);
        out.list(givenUp, GivenUp::encode);
        out.int8(controller ? 1 : 0);
    }

    static RecoverCluster decode(WireReader in) throws MalformedException {
        return new RecoverCluster(
                in.list(Survivor::decode), in.list(GivenUp::decode), in.int8() != 0);
    }

    @Override
    public void encodeValue(ClusterImage value, WireWriter out) {
        value.encode(out);
    }

    @Override
    public ClusterImage decodeValue(WireReader in) throws MalformedException {
        return ClusterImage.decode(in);
    }
}
