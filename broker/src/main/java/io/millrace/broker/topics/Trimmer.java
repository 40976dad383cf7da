package io.millrace.broker.topics;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.broker.shard.CommandResult;
import io.millrace.broker.shard.CommandResult.Trimmed;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import io.millrace.broker.shard.TrimReason;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.TrimTopicRequest;
import io.millrace.v1.TrimmedPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/** Trims partitions that are led here. Thread-safe; no method blocks. */
final class Trimmer {

    private final Executor reading;
    private final Redirects redirects;

    Trimmer(Executor reading, Redirects redirects) {
        this.reading = reading;
        this.redirects = redirects;
    }

    /** Trims; what lies below cannot be read on this broker any more when this is complete. */
    CompletableFuture<List<TrimmedPartition>> trim(
            TrimTopicRequest request, SortedMap<Integer, Place> places) {
        return LocalBarriers.pass(places, redirects)
                .thenApplyAsync(passed -> plan(request, places), reading)
                .thenCompose(
                        plan ->
                                request.getValidateOnly()
                                        ? CompletableFuture.completedFuture(answer(plan, places))
                                        : apply(request, plan, places));
    }

    private SortedMap<Integer, Long> plan(
            TrimTopicRequest request, SortedMap<Integer, Place> places) {
        SortedMap<Integer, Long> starts = new TreeMap<>();
        places.forEach((number, place) -> starts.put(number, newStart(request, number, place)));
        return starts;
    }

    private long newStart(TrimTopicRequest request, int number, Place place) {
        PartitionLog log = place.view().log();
        long wanted =
                switch (request.getBeforeCase()) {
                    case OFFSET -> request.getOffset();
                    case TIMESTAMP_MS ->
                            OffsetFinder.offsetAt(place, request.getTimestampMs(), redirects);
                    case ALL -> log.endOffset();
                    case BEFORE_NOT_SET ->
                            throw OffsetFinder.invalid("before", "set offset, timestamp_ms or all");
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
        OffsetFinder.requireExists(place, request.getName());
        return start;
    }

    private CompletableFuture<List<TrimmedPartition>> apply(
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

    private static List<TrimmedPartition> answer(
            SortedMap<Integer, Long> plan, SortedMap<Integer, Place> places) {
        List<TrimmedPartition> answer = new ArrayList<>();
        plan.forEach(
                (number, start) ->
                        answer.add(
                                TrimmedPartition.newBuilder()
                                        .setPartition(number)
                                        .setOldLogStartOffset(
                                                places.get(number).view().log().startOffset())
                                        .setLogStartOffset(start)
                                        .build()));
        return answer;
    }

    private static List<TrimmedPartition> answer(
            TrimTopicRequest request,
            List<CompletableFuture<CommandResult>> steps,
            SortedMap<Integer, Place> places) {
        Map<Long, Trimmed> trimmed = new HashMap<>();
        for (CompletableFuture<CommandResult> step : steps) {
            if (step.join() instanceof CommandResult.Trims trims) {
                trims.partitions().forEach(one -> trimmed.put(one.partitionId(), one));
            }
        }
        List<TrimmedPartition> answer = new ArrayList<>();
        places.forEach(
                (number, place) -> {
                    Trimmed one = trimmed.get(place.view().partitionId());
                    if (one == null) {
                        throw OffsetFinder.deleted(request.getName());
                    }
                    answer.add(
                            TrimmedPartition.newBuilder()
                                    .setPartition(number)
                                    .setOldLogStartOffset(one.oldStartOffset())
                                    .setLogStartOffset(one.startOffset())
                                    .build());
                });
        return answer;
    }
}
