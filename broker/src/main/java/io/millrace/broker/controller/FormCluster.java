package io.millrace.broker.controller;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Founds the cluster: gives it its id and its shards. Once; with the same id again it changes
 * nothing.
 *
 * @param clusterId the id, 1 to 64 characters
 * @param founders the node ids of the brokers that found it, 1 to 1,000; the lowest alone holds the
 *     controller until others join it
 * @param shardsPerBroker how many data shards each founder brings, 1 to 64
 */
public record FormCluster(String clusterId, List<Integer> founders, int shardsPerBroker)
        implements ControllerCommand<ClusterImage> {

    private static final int MAX_FOUNDERS = 1_000;
    private static final int MAX_SHARDS_PER_BROKER = 64;
    private static final int REPLICAS = 3;

    public FormCluster {
        founders = List.copyOf(founders);
    }

    @Override
    public CommandKind kind() {
        return CommandKind.FORM_CLUSTER;
    }

    @Override
    public Transition<ClusterImage> applyTo(ControllerState state) {
        ClusterImage image = state.image();
        if (image.formed()) {
            if (!image.clusterId().equals(clusterId)) {
                throw MillraceException.of(
                        ErrorCode.WRONG_CLUSTER,
                        "this is the cluster %s already, it cannot become %s"
                                .formatted(image.clusterId(), clusterId));
            }
            return new Transition<>(state, image);
        }
        check();
        List<Integer> nodes = List.copyOf(new TreeSet<>(founders));
        long replicaId = state.nextReplicaId();
        List<ShardImage> shards = new ArrayList<>();
        shards.add(
                new ShardImage(
                        ShardImage.CONTROLLER,
                        List.of(new ReplicaImage(nodes.get(0), replicaId++))));
        // Shard n lies on the nth founder and the ones after it, so that each holds as many.
        int replicas = Math.min(REPLICAS, nodes.size());
        for (int n = 0; n < nodes.size() * shardsPerBroker; n++) {
            TreeSet<Integer> holders = new TreeSet<>();
            for (int i = 0; i < replicas; i++) {
                holders.add(nodes.get((n + i) % nodes.size()));
            }
            List<ReplicaImage> placed = new ArrayList<>();
            for (int node : holders) {
                placed.add(new ReplicaImage(node, replicaId++));
            }
            shards.add(new ShardImage(n + 1, placed));
        }
        ClusterImage next = image.formedAs(clusterId, shards);
        return new Transition<>(
                new ControllerState(
                        next,
                        state.nextTopicId(),
                        state.nextPartitionId(),
                        replicaId,
                        state.nextProducerId()),
                next);
    }

    private void check() {
        if (clusterId.isEmpty() || clusterId.length() > 64) {
            throw invalid("a cluster's id has 1 to 64 characters");
        }
        if (founders.isEmpty() || founders.size() > MAX_FOUNDERS) {
            throw invalid("a cluster is founded by 1 to %,d brokers".formatted(MAX_FOUNDERS));
        }
        for (int node : founders) {
            RegisterBroker.checkNodeId(node);
        }
        if (shardsPerBroker < 1 || shardsPerBroker > MAX_SHARDS_PER_BROKER) {
            throw invalid(
                    "shards-per-broker is %d; it must be 1 to %d"
                            .formatted(shardsPerBroker, MAX_SHARDS_PER_BROKER));
        }
    }

    private static MillraceException invalid(String message) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, message);
    }

    @Override
    public void encode(WireWriter out) {
        out.text(clusterId);
        out.list(founders, (node, to) -> to.int32(node));
        out.int32(shardsPerBroker);
    }

    static FormCluster decode(WireReader in) throws MalformedException {
        return new FormCluster(in.text(), in.list(WireReader::int32), in.int32());
    }
}
