package io.millrace.broker.topics;

import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.topics.PartitionSplit.Splitter;
import io.millrace.broker.topics.PartitionSplit.Wanted;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.DescribeTopicResponse;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FindOffsetsResponse;
import io.millrace.v1.FoundOffset;
import io.millrace.v1.PartitionState;
import io.millrace.v1.TrimTopicRequest;
import io.millrace.v1.TrimTopicResponse;
import io.millrace.v1.TrimmedPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Finds offsets, trims and describes partitions, wherever they are: those here itself, the others
 * by asking brokers that have or lead them. Thread-safe; no method blocks. Every future fails with
 * a MillraceException.
 */
public final class PartitionAdmin {

    private final LocalPartitions partitions;
    private final Redirects redirects;
    private final RemotePartitions remote;
    private final Splitter splitter;
    private final OffsetFinder finder;
    private final Trimmer trimmer;

    /**
     * @param reading runs tasks that read from the disk
     */
    public PartitionAdmin(
            LocalPartitions partitions,
            Redirects redirects,
            RemotePartitions remote,
            Executor reading) {
        this.partitions = partitions;
        this.redirects = redirects;
        this.remote = remote;
        this.splitter = new Splitter(partitions, redirects);
        this.finder = new OffsetFinder(reading, redirects);
        this.trimmer = new Trimmer(reading, redirects);
    }

    /**
     * Finds offsets; unless asked otherwise linearizable.
     *
     * @param forwarded whether another broker asks, who wants to hear only of what is here
     */
    public CompletableFuture<FindOffsetsResponse> find(
            FindOffsetsRequest request, boolean forwarded) {
        return unlessNew(request.getName(), forwarded, () -> findKnown(request, forwarded));
    }

    private CompletableFuture<FindOffsetsResponse> findKnown(
            FindOffsetsRequest request, boolean forwarded) {
        PartitionSplit split =
                splitter.split(
                        request.getName(), request.getPartitionsList(), Wanted.REPLICA, forwarded);
        List<CompletableFuture<List<FoundOffset>>> parts = new ArrayList<>();
        parts.add(finder.find(request, split.here()));
        split.elsewhere()
                .forEach(
                        (address, numbers) ->
                                parts.add(
                                        remote.find(
                                                        address,
                                                        request.toBuilder()
                                                                .clearPartitions()
                                                                .addAllPartitions(numbers)
                                                                .build())
                                                .thenApply(FindOffsetsResponse::getOffsetsList)));
        return merged(parts, split.topic(), Comparator.comparing(FoundOffset::getPartition))
                .thenApply(all -> FindOffsetsResponse.newBuilder().addAllOffsets(all).build());
    }

    /** Trims partitions; what lies below cannot be read from their leaders any more after it. */
    public CompletableFuture<TrimTopicResponse> trim(TrimTopicRequest request, boolean forwarded) {
        return unlessNew(request.getName(), forwarded, () -> trimKnown(request, forwarded));
    }

    private CompletableFuture<TrimTopicResponse> trimKnown(
            TrimTopicRequest request, boolean forwarded) {
        PartitionSplit split =
                splitter.split(
                        request.getName(), request.getPartitionsList(), Wanted.LEADER, forwarded);
        List<CompletableFuture<List<TrimmedPartition>>> parts = new ArrayList<>();
        parts.add(trimmer.trim(request, split.here()));
        split.elsewhere()
                .forEach(
                        (address, numbers) ->
                                parts.add(
                                        remote.trim(
                                                        address,
                                                        request.toBuilder()
                                                                .clearPartitions()
                                                                .addAllPartitions(numbers)
                                                                .build())
                                                .thenApply(TrimTopicResponse::getPartitionsList)));
        return merged(parts, split.topic(), Comparator.comparing(TrimmedPartition::getPartition))
                .thenApply(all -> TrimTopicResponse.newBuilder().addAllPartitions(all).build());
    }

    /** One topic, its settings and its partitions; if forwarded, only those that are here. */
    public CompletableFuture<DescribeTopicResponse> describe(
            DescribeTopicRequest request, boolean forwarded) {
        return unlessNew(request.getName(), forwarded, () -> describeKnown(request, forwarded));
    }

    private CompletableFuture<DescribeTopicResponse> describeKnown(
            DescribeTopicRequest request, boolean forwarded) {
        TopicImage topic = partitions.topic(request.getName());
        DescribeTopicResponse.Builder response =
                DescribeTopicResponse.newBuilder()
                        .setTopic(TopicMessages.topic(topic))
                        .putAllEffectiveConfig(topic.config().effective());
        if (forwarded) {
            return CompletableFuture.completedFuture(
                    response.addAllPartitions(states(topic, present(topic))).build());
        }
        PartitionSplit split = splitter.split(topic.name(), List.of(), Wanted.REPLICA, false);
        List<CompletableFuture<List<PartitionState>>> parts = new ArrayList<>();
        parts.add(CompletableFuture.completedFuture(states(topic, split.here().keySet())));
        split.elsewhere()
                .forEach(
                        (address, numbers) ->
                                parts.add(
                                        remote.describe(address, request)
                                                .thenApply(there -> pick(there, numbers, topic))));
        return merged(parts, topic, Comparator.comparing(PartitionState::getPartition))
                .thenApply(all -> response.addAllPartitions(all).build());
    }

    /**
     * A topic that this broker has not heard of may have been created through another one just now:
     * who leads the controller knows. Then it is not ready here, which passes, and not unknown.
     */
    private <T> CompletableFuture<T> unlessNew(
            String topic, boolean forwarded, Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (MillraceException e) {
            String controller = redirects.leaderAddress(ShardImage.CONTROLLER);
            if (forwarded || e.code() != ErrorCode.UNKNOWN_TOPIC || controller.isEmpty()) {
                throw e;
            }
            return remote.describe(
                            controller, DescribeTopicRequest.newBuilder().setName(topic).build())
                    .handle((there, unknown) -> unknown == null ? notYetThere(topic) : e)
                    .thenCompose(CompletableFuture::failedFuture);
        }
    }

    private List<Integer> present(TopicImage topic) {
        return IntStream.range(0, topic.partitions().size())
                .filter(number -> partitions.find(topic.partitions().get(number)) != null)
                .boxed()
                .toList();
    }

    private List<PartitionState> states(TopicImage topic, Iterable<Integer> numbers) {
        List<PartitionState> states = new ArrayList<>();
        for (int number : numbers) {
            PartitionImage image = topic.partitions().get(number);
            states.add(
                    TopicMessages.partition(
                            number,
                            partitions.place(topic.name(), topic.topicId(), number),
                            redirects.leader(image.shard())));
        }
        return states;
    }

    private static List<PartitionState> pick(
            DescribeTopicResponse there, List<Integer> numbers, TopicImage topic) {
        Set<Integer> wanted = new HashSet<>(numbers);
        List<PartitionState> picked =
                there.getPartitionsList().stream()
                        .filter(state -> wanted.contains(state.getPartition()))
                        .toList();
        if (picked.size() < wanted.size()) {
            throw notYetThere(topic.name());
        }
        return picked;
    }

    private <T> CompletableFuture<List<T>> merged(
            List<CompletableFuture<List<T>>> parts, TopicImage topic, Comparator<T> order) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(
                        done ->
                                parts.stream()
                                        .flatMap(part -> part.join().stream())
                                        .sorted(order)
                                        .toList())
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(known(e, topic)));
    }

    /** A broker whose map is older than this one's does not know what is new; that passes. */
    private Throwable known(Throwable failure, TopicImage topic) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        boolean unknown =
                cause instanceof MillraceException refused
                        && (refused.code() == ErrorCode.UNKNOWN_TOPIC
                                || refused.code() == ErrorCode.UNKNOWN_PARTITION);
        return unknown && partitions.isPresent(topic) ? notYetThere(topic.name()) : cause;
    }

    private static MillraceException notYetThere(String topic) {
        return MillraceException.of(
                ErrorCode.LEADER_UNAVAILABLE,
                "not all partitions of topic \"%s\" are ready on the brokers that hold them; try again"
                        .formatted(topic));
    }

    /** Whether a partition's replica here follows the map up to its placement version. */
    boolean isPlacedHere(PartitionImage partition) {
        PartitionView view = partitions.find(partition);
        return view != null && view.placementVersion() >= partition.placementVersion();
    }
}
