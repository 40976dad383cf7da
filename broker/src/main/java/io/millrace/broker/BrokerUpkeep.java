package io.millrace.broker;

import io.millrace.broker.cluster.ControllerDuties;
import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.plan.LeaderTransfer;
import io.millrace.broker.pull.PullProgress;
import io.millrace.broker.pull.PullThrottle;
import io.millrace.broker.replicas.Leadership;
import io.millrace.broker.replicas.LocalReplicas;
import io.millrace.broker.replicas.MemberChanges;
import io.millrace.broker.replicas.PullUpkeep;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.jraft.RaftEngine;
import io.millrace.v1.HandOverRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a broker does by itself to be as the map wants it: its replicas, the members and leaders of
 * its shards, what its replicas miss, and the cluster while it leads the controller.
 */
final class BrokerUpkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerUpkeep.class);
    private static final int LOOK_MS = 1_000;
    private static final Duration HAND_OVER_DEADLINE = Duration.ofSeconds(2);

    private final int self;
    private final BrokerPeers peers;
    private final BrokerThreads threads;
    private final LocalReplicas replicas;
    private final MemberChanges members;
    private final Leadership leadership;
    private final PullUpkeep pulls;
    private final ControllerDuties duties;

    /**
     * @param host the replicas here
     * @param fatal hears why the broker cannot go on
     */
    BrokerUpkeep(
            BrokerConfig config,
            BrokerPeers peers,
            BrokerShards host,
            RaftEngine engine,
            BrokerThreads threads,
            LongSupplier nanoTime,
            Consumer<String> fatal) {
        this.self = config.nodeId();
        this.peers = peers;
        this.threads = threads;
        Controller controller = peers.controller();
        Supplier<ClusterImage> image = controller.images()::current;
        LocalShards shards = host.local();
        replicas =
                new LocalReplicas(
                        self,
                        peers.self()::isRegisteredAs,
                        image,
                        host,
                        controller::submit,
                        threads.replicas(),
                        (what, error) -> {
                            LOG.error(what, error);
                            fatal.accept(
                                    error instanceof ReplicaLostException lost
                                            ? Broker.sentenceOf(lost)
                                            : what + ": " + error);
                        });
        members = new MemberChanges(image, shards::all, engine::members, controller::submit);
        leadership =
                new Leadership(
                        self,
                        image,
                        shards::all,
                        engine::members,
                        peers.leaders()::isAlive,
                        BrokerOptions.askSuccessorAgain(config),
                        nanoTime);
        pulls =
                new PullUpkeep(
                        self,
                        image,
                        peers.leaders(),
                        shards,
                        peers.pulls(),
                        new PullThrottle(() -> image.get().config().pullBytesPerSecond(), nanoTime),
                        threads.pulling(),
                        nanoTime);
        duties =
                new ControllerDuties(
                        controller, peers.watch(), peers.leaders(), this::transfer, nanoTime);
    }

    /**
     * Begins.
     *
     * @param mapVersion of the map that shows this start of the broker
     */
    void begin(long mapVersion) {
        replicas.begin(mapVersion);
        pulls.begin();
        peers.controller().images().addListener(image -> look());
        threads.every(LOOK_MS, "bringing replicas in line", this::look);
        threads.every(LOOK_MS, "looking after the cluster", duties::look);
    }

    private void look() {
        replicas.trigger();
        threads.control().execute(members::look);
    }

    /** Whether the replicas here were as the map wants them when that was looked at last. */
    boolean isSettled() {
        return replicas.isSettled();
    }

    /** A replica that runs here must be rebuilt. */
    void lost(int shard, String reason) {
        replicas.lost(shard, reason);
    }

    /** How far the replica of a shard is with what it misses. */
    Optional<PullProgress> progress(LocalShard shard) {
        return pulls.progress(shard);
    }

    /** Another broker, the controller's leader, wants a shard handed over. */
    void handOver(HandOverRequest request) {
        threads.control()
                .execute(
                        () ->
                                leadership.handOver(
                                        request.getShard(),
                                        request.getToNode(),
                                        request.getReason()));
    }

    /** Has a leadership handed over by whoever holds it. */
    void transfer(LeaderTransfer transfer) {
        HandOverRequest request =
                HandOverRequest.newBuilder()
                        .setShard(transfer.shard())
                        .setToNode(transfer.to())
                        .setReason(transfer.reason())
                        .build();
        if (transfer.from() == self) {
            handOver(request);
            return;
        }
        peers.calls()
                .handOver(transfer.from(), request, HAND_OVER_DEADLINE)
                .whenComplete(
                        (done, error) -> {
                            if (error != null) {
                                LOG.info("{} was not told: {}", transfer, error.getMessage());
                            }
                        });
    }

    /** Hands all leaderships over, before a planned stop. Blocks. */
    void leaveAll(Duration timeout) {
        leadership.leaveAll("the broker is stopping", timeout);
    }

    @Override
    public void close() {
        replicas.close();
        pulls.close();
    }
}
