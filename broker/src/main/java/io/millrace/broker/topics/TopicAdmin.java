package io.millrace.broker.topics;

import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.CreateTopic;
import io.millrace.broker.controller.DeleteTopic;
import io.millrace.broker.controller.GrowTopic;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.SetTopic;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.CreateTopicResponse;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.DeleteTopicResponse;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.GrowTopicRequest;
import io.millrace.v1.GrowTopicResponse;
import io.millrace.v1.SetTopicRequest;
import io.millrace.v1.SetTopicResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Creates, changes and deletes topics: has the controller decide, then waits until the shards have
 * followed. Thread-safe; no method blocks. Every future fails with a MillraceException.
 */
public final class TopicAdmin {

    /** How long the shards may take to follow. */
    private static final Duration FOLLOW_TIMEOUT = Duration.ofSeconds(20);

    private final Controller controller;
    private final PlacementReconciler reconciler;
    private final LocalPartitions local;
    private final PartitionAdmin partitions;
    private final ClusterPlacement placement;
    private final Clock clock;

    /**
     * @param executor runs short tasks
     */
    public TopicAdmin(
            Controller controller,
            PlacementReconciler reconciler,
            LocalPartitions local,
            PartitionAdmin partitions,
            Executor executor,
            Clock clock) {
        this.controller = controller;
        this.reconciler = reconciler;
        this.local = local;
        this.partitions = partitions;
        this.placement = new ClusterPlacement(partitions, executor);
        this.clock = clock;
    }

    /** Creates a topic; its partitions take records when this is complete. */
    public CompletableFuture<CreateTopicResponse> create(CreateTopicRequest request) {
        CreateTopic command =
                new CreateTopic(
                        request.getName(),
                        unsigned("partition_count", request.getPartitionCount()),
                        unsigned("replica_count", request.getReplicaCount()),
                        request.getConfigMap(),
                        clock.millis());
        return change(command, request.getValidateOnly())
                .thenApply(
                        topic ->
                                CreateTopicResponse.newBuilder()
                                        .setTopic(TopicMessages.topic(topic))
                                        .build());
    }

    /** Changes settings; they are in force when this is complete. */
    public CompletableFuture<SetTopicResponse> set(SetTopicRequest request) {
        SetTopic command =
                new SetTopic(request.getName(), request.getConfigMap(), request.getResetList());
        return change(command, request.getValidateOnly())
                .thenApply(
                        topic ->
                                SetTopicResponse.newBuilder()
                                        .setTopic(TopicMessages.topic(topic))
                                        .build());
    }

    /** Adds partitions; they take records when this is complete. */
    public CompletableFuture<GrowTopicResponse> grow(GrowTopicRequest request) {
        GrowTopic command =
                new GrowTopic(
                        request.getName(),
                        unsigned("partition_count", request.getPartitionCount()));
        return change(command, request.getValidateOnly())
                .thenApply(
                        topic ->
                                GrowTopicResponse.newBuilder()
                                        .setTopic(TopicMessages.topic(topic))
                                        .build());
    }

    /** Deletes a topic; nobody can read it when this is complete. */
    public CompletableFuture<DeleteTopicResponse> delete(DeleteTopicRequest request) {
        DeleteTopic command = new DeleteTopic(request.getName(), request.getTopicId());
        // Counted before: a log that is being deleted has no length.
        return recordsOf(controller.check(command))
                .thenCompose(
                        records ->
                                decide(command, request.getValidateOnly())
                                        .thenCompose(topic -> deleted(topic, records, request)));
    }

    private CompletableFuture<DeleteTopicResponse> deleted(
            TopicImage topic, long records, DeleteTopicRequest request) {
        DeleteTopicResponse response =
                DeleteTopicResponse.newBuilder()
                        .setTopic(TopicMessages.topic(topic))
                        .setRecordCount(records)
                        .build();
        return request.getValidateOnly()
                ? CompletableFuture.completedFuture(response)
                : awaitGone(topic).thenApply(gone -> response);
    }

    private CompletableFuture<TopicImage> change(
            ControllerCommand<TopicImage> command, boolean validateOnly) {
        return decide(command, validateOnly)
                .thenCompose(
                        topic ->
                                validateOnly
                                        ? CompletableFuture.completedFuture(topic)
                                        : awaitPlaced(topic).thenApply(placed -> topic));
    }

    /** What breaks a rule is refused at once, and never becomes an entry of the log. */
    private <R> CompletableFuture<R> decide(ControllerCommand<R> command, boolean validateOnly) {
        R planned = controller.check(command);
        return validateOnly
                ? CompletableFuture.completedFuture(planned)
                : controller.submit(command);
    }

    private CompletableFuture<Void> awaitPlaced(TopicImage topic) {
        boolean allHere = topic.partitions().stream().allMatch(p -> local.holds(p.shard()));
        CompletableFuture<Void> placedHere =
                reconciler.await(
                        () -> topic.partitions().stream().allMatch(this::isPlacedIfHere),
                        "the change of topic \"" + topic.name() + "\"",
                        FOLLOW_TIMEOUT);
        return allHere
                ? placedHere
                : placedHere.thenCompose(done -> placement.placed(topic, FOLLOW_TIMEOUT));
    }

    private boolean isPlacedIfHere(PartitionImage partition) {
        return !local.holds(partition.shard()) || partitions.isPlacedHere(partition);
    }

    /** The tombstone goes when the leaders of all its shards have said that they are done. */
    private CompletableFuture<Void> awaitGone(TopicImage topic) {
        return reconciler.await(
                () ->
                        !controller.images().current().tombstones().containsKey(topic.topicId())
                                && topic.partitions().stream().allMatch(p -> local.find(p) == null),
                "the deletion of topic \"" + topic.name() + "\"",
                FOLLOW_TIMEOUT);
    }

    /**
     * What a topic holds, as far as its shards can be asked: one without a leader is no reason not
     * to delete it.
     */
    private CompletableFuture<Long> recordsOf(TopicImage topic) {
        DescribeTopicRequest request =
                DescribeTopicRequest.newBuilder().setName(topic.name()).build();
        return partitions
                .describe(request, false)
                .exceptionallyCompose(e -> partitions.describe(request, true))
                .thenApply(
                        state ->
                                state.getPartitionsList().stream()
                                        .mapToLong(p -> p.getLogEndOffset() - p.getLogStartOffset())
                                        .map(count -> Math.max(0, count))
                                        .sum());
    }

    private static int unsigned(String field, int value) {
        if (value < 0) {
            throw MillraceException.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "%s is %s; at most 10000 is allowed"
                                    .formatted(field, Integer.toUnsignedString(value)))
                    .with("field", field);
        }
        return value;
    }
}
