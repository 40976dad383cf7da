package io.millrace.broker.replicas;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.ReplicaLost;
import io.millrace.broker.controller.ReplicaPrepared;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.raft.ReplicaLostException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this broker's replicas as the map wants them. Looks anew on every change and once a second,
 * so that whatever was missed or failed is done later. Thread-safe.
 */
public final class LocalReplicas {

    private static final Logger LOG = LoggerFactory.getLogger(LocalReplicas.class);
    private static final Duration REPORT_TIMEOUT = Duration.ofSeconds(10);

    private final int node;
    private final Predicate<BrokerImage> self;
    private final Supplier<ClusterImage> image;
    private final ReplicaHost host;
    private final Function<ControllerCommand<?>, CompletableFuture<?>> controller;
    private final Executor executor;
    private final BiConsumer<String, Throwable> fatal;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final Map<Integer, String> lost = new TreeMap<>();

    private volatile long minVersion = Long.MAX_VALUE;
    private volatile boolean settled;
    private volatile boolean closed;

    /**
     * @param node this broker
     * @param self whether a broker of the map is this one, in this very life
     * @param image the map as known here; its version never goes back
     * @param controller has a command ordered and applied, wherever the controller is led
     * @param executor one thread that may block on the disk
     * @param fatal hears why the broker cannot go on
     */
    public LocalReplicas(
            int node,
            Predicate<BrokerImage> self,
            Supplier<ClusterImage> image,
            ReplicaHost host,
            Function<ControllerCommand<?>, CompletableFuture<?>> controller,
            Executor executor,
            BiConsumer<String, Throwable> fatal) {
        this.node = node;
        this.self = self;
        this.image = image;
        this.host = host;
        this.controller = controller;
        this.executor = executor;
        this.fatal = fatal;
    }

    /**
     * Begins, with maps of this version or newer. An older one may lack placements that this
     * broker's disk knows already: it would remove them.
     *
     * @param version of the map that shows this start of the broker
     */
    public void begin(long version) {
        minVersion = version;
        trigger();
    }

    /** Asks for a look; returns at once. To be called on every change and once a second. */
    public void trigger() {
        if (minVersion != Long.MAX_VALUE && !closed && asked.compareAndSet(false, true)) {
            executor.execute(this::look);
        }
    }

    /** Whether nothing was left to be done when it looked last. */
    public boolean isSettled() {
        return settled;
    }

    /** A replica that runs turned out to be lost. */
    public void lost(int shard, String reason) {
        executor.execute(
                () -> {
                    lost.put(shard, reason);
                    look();
                });
    }

    /** Ends all looks; one that is under way is finished. */
    public void close() {
        closed = true;
    }

    private void look() {
        asked.set(false);
        ClusterImage now = image.get();
        if (closed || !now.formed() || now.version() < minVersion) {
            return;
        }
        if (now.broker(node).filter(self).isEmpty()) {
            // Another one has its node id now, and what the map wants is that one's to do.
            LOG.warn("the map knows another broker as node {}, nothing is done by it", node);
            settled = false;
            return;
        }
        boolean done = true;
        try {
            Map<Integer, LocalReplica> local = host.replicas();
            TreeSet<Integer> shards = new TreeSet<>(local.keySet());
            shards.addAll(now.shards().keySet());
            for (int shard : shards) {
                ShardImage wanted = now.shards().get(shard);
                if (wanted == null) {
                    LOG.warn("shard {} is here and not in the map, left alone", shard);
                } else {
                    done &=
                            bringInLine(
                                    wanted, local.getOrDefault(shard, LocalReplica.none(shard)));
                }
            }
        } catch (IOException | RuntimeException e) {
            fatal.accept("the replicas of this broker cannot be brought in line", e);
            return;
        }
        settled = done;
    }

    private boolean bringInLine(ShardImage wanted, LocalReplica found) throws IOException {
        LocalReplica local =
                new LocalReplica(
                        found.shard(),
                        found.onDisk(),
                        found.running(),
                        lost.getOrDefault(found.shard(), found.lostReason()));
        for (ReplicaAction action : ReplicaPlan.of(wanted, node, local)) {
            if (closed || !carryOut(wanted, action)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the next step may follow now. */
    private boolean carryOut(ShardImage shard, ReplicaAction action) throws IOException {
        if (action instanceof ReplicaAction.Stop stop) {
            LOG.info("shard {}: this broker's replica stops", stop.shard());
            host.stop(stop.shard());
        } else if (action instanceof ReplicaAction.Discard discard) {
            host.discard(discard.shard());
            lost.remove(discard.shard());
        } else if (action instanceof ReplicaAction.Prepare prepare) {
            LOG.info(
                    "shard {}: replica {} is made, {}",
                    prepare.spec().shardId(),
                    prepare.spec().replicaId(),
                    prepare.spec().birth());
            host.prepare(prepare.spec());
        } else if (action instanceof ReplicaAction.Start start) {
            return start(shard, start);
        } else if (action instanceof ReplicaAction.ReportPrepared report) {
            return report(new ReplicaPrepared(report.shard(), node, report.replicaId()));
        } else if (action instanceof ReplicaAction.ReportLost report) {
            requireOthers(shard, report.reason(), null);
            return report(
                    new ReplicaLost(report.shard(), node, report.replicaId(), report.reason()));
        }
        return true;
    }

    private boolean start(ShardImage shard, ReplicaAction.Start start) throws IOException {
        try {
            host.start(start.spec());
            return true;
        } catch (ReplicaLostException e) {
            requireOthers(shard, e.getMessage(), e);
            LOG.error("shard {}: this broker's replica is given up", shard.shard(), e);
            lost.put(shard.shard(), String.valueOf(e.getMessage()));
            trigger();
            return false;
        }
    }

    /** The files of the only copy are never given up: somebody may still save what is in them. */
    private void requireOthers(ShardImage shard, String reason, ReplicaLostException cause) {
        boolean others =
                shard.replicas().stream()
                        .anyMatch(one -> one.nodeId() != node && one.state() == ReplicaState.VOTER);
        if (!others) {
            throw cause != null ? cause : new ReplicaLostException(shard.shard(), reason);
        }
    }

    /** What is reported shows in the map, and the next look goes on from there. */
    private boolean report(ControllerCommand<?> command) {
        try {
            controller.apply(command).get(REPORT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            trigger();
        } catch (ExecutionException e) {
            LOG.info("{} is not taken yet, tried again: {}", command, e.getCause().getMessage());
        } catch (TimeoutException e) {
            LOG.info("{} has no answer yet, tried again", command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
