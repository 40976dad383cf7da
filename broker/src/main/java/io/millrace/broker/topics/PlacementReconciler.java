package io.millrace.broker.topics;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ConfirmDeleted;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.PlacementIntent;
import io.millrace.broker.controller.PlacementPlan;
import io.millrace.broker.controller.ShardContent;
import io.millrace.broker.shard.DataShardView;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.shard.ShardCommand;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the data shards led here to hold what the controller's map wants. Looks anew on every
 * change and once a second, so that whatever was missed or failed is done later. Thread-safe.
 */
public final class PlacementReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(PlacementReconciler.class);

    private final Controller controller;
    private final LocalShards shards;
    private final Executor executor;
    private final GroupSteps groups;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final Set<Integer> busyShards = ConcurrentHashMap.newKeySet();
    private final Map<Integer, List<Long>> straysTold = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();

    private record Waiter(BooleanSupplier done, CompletableFuture<Void> future) {}

    /**
     * @param executor runs short tasks, one after the other
     */
    public PlacementReconciler(Controller controller, LocalShards shards, Executor executor) {
        this.controller = controller;
        this.shards = shards;
        this.executor = executor;
        this.groups = new GroupSteps(controller);
    }

    /** Asks for a look; returns at once. To be called on every change and once a second. */
    public void trigger() {
        if (asked.compareAndSet(false, true)) {
            executor.execute(this::look);
        }
    }

    /**
     * Completes once the condition holds, looked at after every step.
     *
     * @param what for the message of the failure
     * @param timeout after which it fails with DEADLINE_EXCEEDED
     */
    public CompletableFuture<Void> await(BooleanSupplier condition, String what, Duration timeout) {
        CompletableFuture<Void> future =
                new CompletableFuture<Void>().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        waiters.add(new Waiter(condition, future));
        trigger();
        return future.exceptionallyCompose(
                e ->
                        CompletableFuture.failedFuture(
                                MillraceException.of(
                                        ErrorCode.DEADLINE_EXCEEDED,
                                        what
                                                + " is decided and durable, but not in force after "
                                                + timeout.toSeconds()
                                                + " s; look at the cluster's status")));
    }

    private void look() {
        asked.set(false);
        for (LocalShard shard : shards.dataShards()) {
            try {
                reconcile(shard, controller.images().current());
            } catch (RuntimeException e) {
                // One shard that fails must not keep the others from it.
                LOG.error(
                        "placement cannot be reconciled shard={}; the next look tries again",
                        shard.shard().id(),
                        e);
            }
        }
        waiters.removeIf(
                waiter -> {
                    if (!waiter.future().isDone() && waiter.done().getAsBoolean()) {
                        waiter.future().complete(null);
                    }
                    return waiter.future().isDone();
                });
    }

    private void reconcile(LocalShard shard, ClusterImage image) {
        long term = shard.shard().leadingTerm();
        if (term == 0 || !image.formed() || !busyShards.add(shard.shard().id())) {
            return;
        }
        List<CompletableFuture<?>> steps;
        try {
            steps = step(shard, image, term);
        } catch (RuntimeException e) {
            busyShards.remove(shard.shard().id());
            throw e;
        }
        CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new))
                .whenComplete((done, error) -> stepped(shard.shard().id(), steps.size(), error));
    }

    private List<CompletableFuture<?>> step(LocalShard shard, ClusterImage image, long term) {
        PlacementPlan plan = PlacementPlan.of(image, contentOf(shard.view()));
        int id = shard.shard().id();
        if (plan.strays().isEmpty()) {
            straysTold.remove(id);
        } else if (!plan.strays().equals(straysTold.put(id, plan.strays()))) {
            LOG.warn(
                    "shard holds partitions that the map does not know, left alone shard={}"
                            + " partitions={}",
                    id,
                    plan.strays());
        }
        List<CompletableFuture<?>> steps = new ArrayList<>();
        for (PlacementIntent intent : plan.intents()) {
            steps.add(shard.writer().execute(commandOf(intent), term));
        }
        if (!plan.confirmable().isEmpty()) {
            steps.add(
                    controller.submit(new ConfirmDeleted(shard.shard().id(), plan.confirmable())));
        }
        steps.addAll(groups.take(shard, image, term));
        return steps;
    }

    private void stepped(int shard, int steps, Throwable error) {
        busyShards.remove(shard);
        if (error != null) {
            LOG.warn("a placement step failed shard={}; tried again", shard, error);
        } else if (steps > 0) {
            trigger();
        }
    }

    private static ShardContent contentOf(DataShardView view) {
        Map<Long, Long> versions = new HashMap<>();
        for (PartitionView partition : view.partitions()) {
            versions.put(partition.partitionId(), partition.placementVersion());
        }
        return new ShardContent(view.shardId(), versions, view::isDeleted);
    }

    private static ShardCommand commandOf(PlacementIntent intent) {
        if (intent instanceof PlacementIntent.Create create) {
            return new ShardCommand.CreatePartition(
                    create.partitionId(),
                    create.topicId(),
                    create.partition(),
                    PartitionSettings.of(create.config()),
                    create.placementVersion());
        }
        if (intent instanceof PlacementIntent.Configure configure) {
            return new ShardCommand.ConfigurePartition(
                    configure.partitionId(),
                    PartitionSettings.of(configure.config()),
                    configure.placementVersion());
        }
        PlacementIntent.Delete delete = (PlacementIntent.Delete) intent;
        return new ShardCommand.DeletePartition(delete.partitionId(), delete.mapVersion());
    }
}
