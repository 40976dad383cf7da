package io.millrace.broker.topics;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.broker.shard.CommandResult;
import io.millrace.broker.shard.CommandResult.Trimmed;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import io.millrace.broker.shard.TrimReason;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FindOffsetsResponse;
import io.millrace.v1.FoundOffset;
import io.millrace.v1.TrimTopicRequest;
import io.millrace.v1.TrimTopicResponse;
import io.millrace.v1.TrimmedPartition;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds offsets and trims partitions. Thread-safe; no method blocks. Every future fails with a
 * MillraceException.
 */
public final class PartitionAdmin {

    private static final int BARRIER_TIMEOUT_S = 10;

    private final LocalPartitions partitions;
    private final Executor reading;

    /**
     * @param reading runs tasks that read from the disk
     */
    public PartitionAdmin(LocalPartitions partitions, Executor reading) {
        this.partitions = partitions;
        this.reading = reading;
    }

    /** Finds offsets, linearizable: sees every record acknowledged before the call. */
    public CompletableFuture<FindOffsetsResponse> find(FindOffsetsRequest request) {
        TopicImage topic = partitions.topic(request.getName());
        SortedMap<Integer, Place> places = places(topic, request.getPartitionsList());
        return afterBarriers(places)
                .thenApplyAsync(
                        passed -> {
                            FindOffsetsResponse.Builder response = FindOffsetsResponse.newBuilder();
                            places.forEach(
                                    (number, place) ->
                                            response.addOffsets(found(request, number, place)));
                            return response.build();
                        },
                        reading);
    }

    private static FoundOffset found(FindOffsetsRequest request, int number, Place place) {
        PartitionLog log = place.view().log();
        long offset =
                switch (request.getAtCase()) {
                    case EARLIEST -> log.startOffset();
                    case LATEST -> log.endOffset();
                    case TIMESTAMP_MS -> offsetAt(log, request.getTimestampMs());
                    case AT_NOT_SET -> throw invalid("at", "set earliest, latest or timestamp_ms");
                };
        requireExists(place, request.getName());
        return FoundOffset.newBuilder()
                .setPartition(number)
                .setOffset(offset)
                .setLeaderEpoch(place.shard().view().leaderEpoch())
                .build();
    }

    /** Trims partitions; what lies below cannot be read any more when this is complete. */
    public CompletableFuture<TrimTopicResponse> trim(TrimTopicRequest request) {
        TopicImage topic = partitions.topic(request.getName());
        SortedMap<Integer, Place> places = places(topic, request.getPartitionsList());
        return afterBarriers(places)
                .thenApplyAsync(passed -> plan(request, places), reading)
                .thenCompose(
                        plan ->
                                request.getValidateOnly()
                                        ? CompletableFuture.completedFuture(answer(plan, places))
                                        : apply(request, plan, places));
    }

    private static SortedMap<Integer, Long> plan(
            TrimTopicRequest request, SortedMap<Integer, Place> places) {
        SortedMap<Integer, Long> starts = new TreeMap<>();
        places.forEach((number, place) -> starts.put(number, newStart(request, number, place)));
        return starts;
    }

    private static long newStart(TrimTopicRequest request, int number, Place place) {
        PartitionLog log = place.view().log();
        long wanted =
                switch (request.getBeforeCase()) {
                    case OFFSET -> request.getOffset();
                    case TIMESTAMP_MS -> offsetAt(log, request.getTimestampMs());
                    case ALL -> log.endOffset();
                    case BEFORE_NOT_SET ->
                            throw invalid("before", "set offset, timestamp_ms or all");
                };
        if (wanted < 0 || wanted > log.endOffset()) {
            throw MillraceException.of(
                            ErrorCode.OFFSET_OUT_OF_RANGE,
                            "partition %d cannot be trimmed to offset %s: its log end is %d"
                                    .formatted(
                                            number, Long.toUnsignedString(wanted), log.endOffset()))
                    .with("log_end_offset", log.endOffset());
        }
        long start = Math.max(wanted, log.startOffset());
        requireExists(place, request.getName());
        return start;
    }

    /** To be called after the log was looked at: a deleted one's offsets mean nothing. */
    private static void requireExists(Place place, String topic) {
        if (!place.view().exists()) {
            throw deleted(topic);
        }
    }

    private static MillraceException deleted(String topic) {
        return MillraceException.of(
                        ErrorCode.UNKNOWN_TOPIC, "topic \"" + topic + "\" was deleted meanwhile")
                .with("topic", topic);
    }

    private CompletableFuture<TrimTopicResponse> apply(
            TrimTopicRequest request,
            SortedMap<Integer, Long> plan,
            SortedMap<Integer, Place> places) {
        Map<LocalShard, List<Trim>> byShard =
                plan.entrySet().stream()
                        .collect(
                                Collectors.groupingBy(
                                        entry -> places.get(entry.getKey()).shard(),
                                        Collectors.mapping(
                                                entry -> trim(entry, places),
                                                Collectors.toList())));
        List<CompletableFuture<CommandResult>> steps =
                byShard.entrySet().stream()
                        .map(
                                entry ->
                                        entry.getKey()
                                                .writer()
                                                .execute(
                                                        new TrimPartitions(entry.getValue()),
                                                        entry.getKey().shard().leadingTerm()))
                        .toList();
        return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new))
                .thenApply(done -> answer(request, steps, places));
    }

    private static Trim trim(Map.Entry<Integer, Long> entry, SortedMap<Integer, Place> places) {
        return new Trim(
                places.get(entry.getKey()).view().partitionId(),
                entry.getValue(),
                TrimReason.TRIMMED);
    }

    private static TrimTopicResponse answer(
            SortedMap<Integer, Long> plan, SortedMap<Integer, Place> places) {
        TrimTopicResponse.Builder response = TrimTopicResponse.newBuilder();
        plan.forEach(
                (number, start) ->
                        response.addPartitions(
                                TrimmedPartition.newBuilder()
                                        .setPartition(number)
                                        .setOldLogStartOffset(
                                                places.get(number).view().log().startOffset())
                                        .setLogStartOffset(start)));
        return response.build();
    }

    private static TrimTopicResponse answer(
            TrimTopicRequest request,
            List<CompletableFuture<CommandResult>> steps,
            SortedMap<Integer, Place> places) {
        Map<Long, Trimmed> trimmed = new HashMap<>();
        for (CompletableFuture<CommandResult> step : steps) {
            if (step.join() instanceof CommandResult.Trims trims) {
                trims.partitions().forEach(one -> trimmed.put(one.partitionId(), one));
            }
        }
        TrimTopicResponse.Builder response = TrimTopicResponse.newBuilder();
        places.forEach(
                (number, place) -> {
                    Trimmed one = trimmed.get(place.view().partitionId());
                    if (one == null) {
                        throw deleted(request.getName());
                    }
                    response.addPartitions(
                            TrimmedPartition.newBuilder()
                                    .setPartition(number)
                                    .setOldLogStartOffset(one.oldStartOffset())
                                    .setLogStartOffset(one.startOffset()));
                });
        return response.build();
    }

    private SortedMap<Integer, Place> places(TopicImage topic, List<Integer> wanted) {
        List<Integer> numbers =
                wanted.isEmpty()
                        ? IntStream.range(0, topic.partitions().size()).boxed().toList()
                        : wanted;
        SortedMap<Integer, Place> places = new TreeMap<>();
        for (int number : numbers) {
            Place place = partitions.place(topic.name(), topic.topicId(), number);
            if (places.put(number, place) != null) {
                throw invalid("partitions", "partition " + number + " is named twice");
            }
        }
        return places;
    }

    private static CompletableFuture<Void> afterBarriers(SortedMap<Integer, Place> places) {
        for (Place place : places.values()) {
            String paused = place.shard().view().pauseReason();
            if (!paused.isEmpty()) {
                return CompletableFuture.failedFuture(
                        MillraceException.of(
                                ErrorCode.LEADER_UNAVAILABLE,
                                "shard %d cannot tell its log end now: %s"
                                        .formatted(place.shard().shard().id(), paused)));
            }
        }
        CompletableFuture<?>[] barriers =
                places.values().stream()
                        .map(Place::shard)
                        .distinct()
                        .map(shard -> shard.shard().readBarrier())
                        .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(barriers)
                .orTimeout(BARRIER_TIMEOUT_S, TimeUnit.SECONDS)
                .handle((passed, error) -> error)
                .thenCompose(PartitionAdmin::passOrFail);
    }

    private static CompletableFuture<Void> passOrFail(Throwable error) {
        return error == null
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(
                        MillraceException.of(
                                ErrorCode.LEADER_UNAVAILABLE,
                                "the partitions' leader did not confirm the log end (waited %d s at"
                                                .formatted(BARRIER_TIMEOUT_S)
                                        + " most); try again"));
    }

    private static long offsetAt(PartitionLog log, long timestampMs) {
        if (timestampMs < 0) {
            throw invalid(
                    "timestamp_ms", "timestamp_ms is " + timestampMs + "; it must be 0 or more");
        }
        try {
            return log.offsetAt(timestampMs);
        } catch (IOException e) {
            throw MillraceException.of(
                    ErrorCode.CORRUPT_LOG,
                    "the log cannot be searched by time: " + e.getMessage(),
                    e);
        }
    }

    private static MillraceException invalid(String field, String message) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, message).with("field", field);
    }
}
