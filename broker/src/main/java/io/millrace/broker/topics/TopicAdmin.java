package io.millrace.broker.topics;

import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.CreateTopic;
import io.millrace.broker.controller.DeleteTopic;
import io.millrace.broker.controller.GrowTopic;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.SetTopic;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.shard.PartitionView;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.CreateTopicResponse;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.DeleteTopicResponse;
import io.millrace.v1.GrowTopicRequest;
import io.millrace.v1.GrowTopicResponse;
import io.millrace.v1.SetTopicRequest;
import io.millrace.v1.SetTopicResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Creates, changes and deletes topics: has the controller decide, then waits until the shards have
 * followed. Thread-safe; no method blocks. Every future fails with a MillraceException.
 */
public final class TopicAdmin {

    /** How long the shards may take to follow. */
    private static final Duration FOLLOW_TIMEOUT = Duration.ofSeconds(20);

    private final Controller controller;
    private final PlacementReconciler reconciler;
    private final LocalPartitions partitions;
    private final Clock clock;

    public TopicAdmin(
            Controller controller,
            PlacementReconciler reconciler,
            LocalPartitions partitions,
            Clock clock) {
        this.controller = controller;
        this.reconciler = reconciler;
        this.partitions = partitions;
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
        long records = recordsOf(controller.check(command));
        return decide(command, request.getValidateOnly())
                .thenCompose(
                        topic -> {
                            DeleteTopicResponse response =
                                    DeleteTopicResponse.newBuilder()
                                            .setTopic(TopicMessages.topic(topic))
                                            .setRecordCount(records)
                                            .build();
                            if (request.getValidateOnly()) {
                                return CompletableFuture.completedFuture(response);
                            }
                            return awaitGone(topic).thenApply(gone -> response);
                        });
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
        return reconciler.await(
                () -> topic.partitions().stream().allMatch(this::isPlaced),
                "the change of topic \"" + topic.name() + "\"",
                FOLLOW_TIMEOUT);
    }

    private boolean isPlaced(PartitionImage partition) {
        PartitionView view = partitions.find(partition);
        return view != null && view.placementVersion() >= partition.placementVersion();
    }

    private CompletableFuture<Void> awaitGone(TopicImage topic) {
        return reconciler.await(
                () -> topic.partitions().stream().allMatch(p -> partitions.find(p) == null),
                "the deletion of topic \"" + topic.name() + "\"",
                FOLLOW_TIMEOUT);
    }

    private long recordsOf(TopicImage topic) {
        List<PartitionImage> all = topic.partitions();
        long records = 0;
        for (PartitionImage partition : all) {
            PartitionView view = partitions.find(partition);
            if (view != null) {
                PartitionLog log = view.log();
                records += Math.max(0, log.endOffset() - log.startOffset());
            }
        }
        return records;
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
