package io.millrace.broker.controller;

import io.millrace.broker.config.ClusterConfig;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
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
 * @param founders the node ids of the brokers that found it, 1 to 1,000: all are active, at once;
 *     the lowest alone holds the controller until others join it
 * @param shardsPerBroker how many data shards each founder brings, 1 to 64
 * @param featureLevel the {@link FeatureLevel} that all founders understand, 1 or more
 */
public record FormCluster(
        String clusterId, List<Integer> founders, int shardsPerBroker, int featureLevel)
        implements ControllerCommand<ClusterImage> {

    /** The replica id of the controller's first replica, which is there before the cluster is. */
    public static final int FIRST_REPLICA = 1;

    private static final int MAX_FOUNDERS = 1_000;
    private static final int MAX_SHARDS_PER_BROKER = 64;
    private static final int REPLICAS = 3;

    public FormCluster {
        founders = List.copyOf(founders);
    }

    /** At the level of this code. */
    public FormCluster(String clusterId, List<Integer> founders, int shardsPerBroker) {
        this(clusterId, founders, shardsPerBroker, FeatureLevel.CURRENT);
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
        List<ShardImage> shards = new ArrayList<>();
        shards.add(controller(nodes, state.nextReplicaId()));
        long replicaId = shards.get(0).lastReplicaId() + 1;
        int replicas = Math.min(REPLICAS, nodes.size());
        for (int n = 0; n < nodes.size() * shardsPerBroker; n++) {
            // Shard n lies on the nth founder, which is to lead it, and the ones after it, so that
            // each holds and leads as many.
            List<Integer> holders = new ArrayList<>();
            for (int i = 0; i < replicas; i++) {
                holders.add(nodes.get((n + i) % nodes.size()));
            }
            shards.add(AddShards.founded(n + 1, holders, replicaId));
            replicaId += replicas;
        }
        List<BrokerImage> brokers =
                nodes.stream().map(node -> BrokerImage.founder(node, featureLevel)).toList();
        ClusterImage next =
                image.formedAs(
                        clusterId,
                        featureLevel,
                        ClusterConfig.founded(shardsPerBroker),
                        brokers,
                        shards);
        return new Transition<>(state.withPlacements(next, replicaId), next);
    }

    /** The lowest founder has it, and by that this entry, already; the others join it. */
    private static ShardImage controller(List<Integer> nodes, long firstReplicaId) {
        int voters = controllerVoters(nodes.size());
        List<ReplicaImage> replicas = new ArrayList<>();
        for (int node : nodes.subList(0, voters)) {
            replicas.add(
                    new ReplicaImage(
                            node,
                            firstReplicaId + replicas.size(),
                            replicas.isEmpty() ? ReplicaState.VOTER : ReplicaState.NEW));
        }
        return new ShardImage(
                ShardImage.CONTROLLER, replicas, List.of(firstReplicaId), ConfirmedMembers.NONE);
    }

    /** How many voters the controller is to have in a cluster of that many brokers. */
    public static int controllerVoters(int brokers) {
        return brokers >= 5 ? 5 : Math.min(REPLICAS, brokers);
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
        if (featureLevel < FeatureLevel.FIRST) {
            throw invalid(
                    "feature level %d is not allowed, they begin at 1".formatted(featureLevel));
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
        out.int32(featureLevel);
    }

    static FormCluster decode(WireReader in) throws MalformedException {
        return new FormCluster(in.text(), in.list(WireReader::int32), in.int32(), in.int32());
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
