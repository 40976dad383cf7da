package io.millrace.broker.topics;

import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.DescribeTopicResponse;
import io.millrace.v1.PartitionState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Waits until shards on other brokers have followed what the controller decided of a topic, by
 * asking them again and again. Thread-safe; no method blocks.
 */
final class ClusterPlacement {

    private static final int ASK_AGAIN_MS = 100;

    private final PartitionAdmin partitions;
    private final Executor later;

    ClusterPlacement(PartitionAdmin partitions, Executor executor) {
        this.partitions = partitions;
        this.later =
                CompletableFuture.delayedExecutor(ASK_AGAIN_MS, TimeUnit.MILLISECONDS, executor);
    }

    /** Completes when all partitions follow the map of the topic; fails when the time is over. */
    CompletableFuture<Void> placed(TopicImage topic, Duration timeout) {
        CompletableFuture<Void> placed =
                new CompletableFuture<Void>().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        look(topic, placed);
        return placed.exceptionallyCompose(
                e ->
                        CompletableFuture.failedFuture(
                                e instanceof MillraceException ? e : late(topic, timeout)));
    }

    private static MillraceException late(TopicImage topic, Duration timeout) {
        return MillraceException.of(
                ErrorCode.DEADLINE_EXCEEDED,
                "the change of topic \"%s\" is decided and durable, but not in force on all brokers"
                                .formatted(topic.name())
                        + " after %d s; look at the cluster's status"
                                .formatted(timeout.toSeconds()));
    }

    private void look(TopicImage topic, CompletableFuture<Void> placed) {
        if (placed.isDone()) {
            return;
        }
        try {
            partitions
                    .describe(
                            DescribeTopicRequest.newBuilder().setName(topic.name()).build(), false)
                    .whenComplete((state, error) -> looked(topic, placed, state));
        } catch (MillraceException e) {
            if (e.code() == ErrorCode.UNKNOWN_TOPIC) {
                placed.completeExceptionally(e);
            } else {
                later.execute(() -> look(topic, placed));
            }
        }
    }

    /** Whoever could not answer is asked again: an election or a map that lags passes. */
    private void looked(
            TopicImage topic, CompletableFuture<Void> placed, DescribeTopicResponse state) {
        if (state != null && isPlaced(topic.partitions(), state.getPartitionsList())) {
            placed.complete(null);
        } else {
            later.execute(() -> look(topic, placed));
        }
    }

    private static boolean isPlaced(List<PartitionImage> wanted, List<PartitionState> there) {
        for (PartitionState state : there) {
            int number = state.getPartition();
            if (number < wanted.size()
                    && state.getPlacementVersion() < wanted.get(number).placementVersion()) {
                return false;
            }
        }
        return there.size() >= wanted.size();
    }
}
