package io.millrace.broker.deadletters;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.RedriveRecordsRequest;
import io.millrace.v1.RedriveRecordsResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Has the records of dead letters delivered again, before their copies are settled: whoever dies in
 * between leaves the copies, and redriving them again does no harm.
 */
final class ShelfRedrive implements ShelfWork.Judge {

    private final Shelf shelf;
    private final CopyMemory memory;
    private final RecordRedrives records;
    private final boolean validateOnly;

    ShelfRedrive(Shelf shelf, CopyMemory memory, RecordRedrives records, boolean validateOnly) {
        this.shelf = shelf;
        this.memory = memory;
        this.records = records;
        this.validateOnly = validateOnly;
    }

    /** A partition that records came from. */
    private record Source(String topic, long topicId, int partition) {}

    @Override
    public CompletableFuture<Map<DeadLetterOrigin, MillraceException>> refusals(
            Set<DeadLetterOrigin> origins) {
        if (!validateOnly) {
            // First: once a record can be delivered again, what is here does not stand for its
            // next copy any more.
            memory.forget(shelf.view().partitionId(), origins);
        }
        Map<Source, List<DeadLetterOrigin>> bySource = new LinkedHashMap<>();
        for (DeadLetterOrigin origin : origins) {
            bySource.computeIfAbsent(
                            new Source(origin.topic(), origin.topicId(), origin.partition()),
                            first -> new ArrayList<>())
                    .add(origin);
        }
        List<CompletableFuture<Map<DeadLetterOrigin, MillraceException>>> parts =
                bySource.entrySet().stream()
                        .map(entry -> redrive(entry.getKey(), entry.getValue()))
                        .toList();
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(
                        done -> {
                            Map<DeadLetterOrigin, MillraceException> all = new LinkedHashMap<>();
                            parts.forEach(part -> all.putAll(part.join()));
                            return all;
                        });
    }

    /** Never fails: whatever it was, the dead letters stay. */
    private CompletableFuture<Map<DeadLetterOrigin, MillraceException>> redrive(
            Source source, List<DeadLetterOrigin> origins) {
        RedriveRecordsRequest request =
                RedriveRecordsRequest.newBuilder()
                        .setGroup(shelf.group())
                        .setTopic(source.topic())
                        .setTopicId(source.topicId())
                        .setPartition(source.partition())
                        .addAllOffsets(origins.stream().map(DeadLetterOrigin::offset).toList())
                        .setValidateOnly(validateOnly)
                        .build();
        CompletableFuture<RedriveRecordsResponse> redriven;
        try {
            redriven = records.redrive(request, false);
        } catch (MillraceException refused) {
            redriven = CompletableFuture.failedFuture(refused);
        }
        return redriven.handle(
                (response, failure) -> {
                    Map<DeadLetterOrigin, MillraceException> refused = new LinkedHashMap<>();
                    if (failure != null) {
                        MillraceException why = advised(Failures.known(failure));
                        origins.forEach(origin -> refused.put(origin, why));
                    } else {
                        response.getRefusedList()
                                .forEach(
                                        one ->
                                                refused.put(
                                                        origin(source, one.getOffset()),
                                                        advised(
                                                                WireError.fromDetail(
                                                                        one.getError()))));
                    }
                    return refused;
                });
    }

    private static DeadLetterOrigin origin(Source source, long offset) {
        return new DeadLetterOrigin(source.topic(), source.topicId(), source.partition(), offset);
    }

    /** What can never be delivered again needs another way out. */
    private MillraceException advised(MillraceException why) {
        boolean gone =
                switch (why.code()) {
                    case UNKNOWN_TOPIC, TOPIC_RECREATED, UNKNOWN_PARTITION, OFFSET_OUT_OF_RANGE ->
                            true;
                    default -> false;
                };
        return gone
                ? MillraceException.of(
                        why.code(),
                        "%s; publish its copy anew (`millrace dlq peek %s` shows it), or drop it"
                                .formatted(why.getMessage(), shelf.group()))
                : why.code() == ErrorCode.UNKNOWN_GROUP
                        ? MillraceException.of(
                                why.code(),
                                why.getMessage() + "; start a member that receives from it first")
                        : why;
    }
}
