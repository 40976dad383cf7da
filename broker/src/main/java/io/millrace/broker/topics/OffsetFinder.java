package io.millrace.broker.topics;

import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.reading.ReadTerms;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FoundOffset;
import io.millrace.v1.SeenOffset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Finds offsets in the partitions held here. Thread-safe; no method blocks. */
final class OffsetFinder {

    private final Executor reading;
    private final Redirects redirects;

    OffsetFinder(Executor reading, Redirects redirects) {
        this.reading = reading;
        this.redirects = redirects;
    }

    /**
     * Finds what a request asks for, once the replicas have seen what it wants; without a word of
     * that, everything acknowledged before the call.
     */
    CompletableFuture<List<FoundOffset>> find(
            FindOffsetsRequest request, SortedMap<Integer, Place> places) {
        ReadTerms terms =
                ReadTerms.checked(request.getConsistency(), request.getMaxStalenessMs(), 0);
        if (!terms.isSession() && request.getAtLeastCount() > 0) {
            throw invalid("at_least", "at_least needs SESSION; leave it out or ask for SESSION");
        }
        CompletableFuture<Void> seen;
        if (terms.isEventual()) {
            places.forEach((number, place) -> requireFresh(terms, request.getName(), place));
            seen = CompletableFuture.completedFuture(null);
        } else if (terms.isSession()) {
            seen = haveSeen(terms, request, places);
        } else {
            seen = LocalBarriers.pass(places, redirects);
        }
        return seen.thenApplyAsync(
                passed -> {
                    List<FoundOffset> found = new ArrayList<>(places.size());
                    places.forEach((number, place) -> found.add(found(request, number, place)));
                    return found;
                },
                reading);
    }

    private void requireFresh(ReadTerms terms, String topic, Place place) {
        if (terms.isTooStale(place.shard().shard().stalenessNanos())) {
            throw redirects.toLeader(
                    MillraceException.of(
                            ErrorCode.BEHIND,
                            "this replica of \"%s\" is older than %d ms or of unknown age; turn to the"
                                            .formatted(topic, terms.maxStalenessMs())
                                    + " leader"),
                    place.shard().shard().id());
        }
    }

    private CompletableFuture<Void> haveSeen(
            ReadTerms terms, FindOffsetsRequest request, SortedMap<Integer, Place> places) {
        List<CompletableFuture<Void>> waits = new ArrayList<>();
        for (SeenOffset wanted : request.getAtLeastList()) {
            if (wanted.getOffset() < 0) {
                throw invalid("at_least.offset", "at_least.offset must be 0 or more");
            }
            Place place = places.get(wanted.getPartition());
            if (place != null) {
                waits.add(
                        reached(place.view().log(), wanted.getOffset())
                                .orTimeout(terms.patience().toMillis(), TimeUnit.MILLISECONDS)
                                .exceptionallyCompose(
                                        e ->
                                                CompletableFuture.failedFuture(
                                                        behind(wanted, place))));
            }
        }
        return CompletableFuture.allOf(waits.toArray(CompletableFuture[]::new));
    }

    private MillraceException behind(SeenOffset wanted, Place place) {
        return redirects.toLeader(
                MillraceException.of(
                        ErrorCode.BEHIND,
                        "this replica of partition %d ends at %d, below the %d that were seen; turn to"
                                        .formatted(
                                                wanted.getPartition(),
                                                place.view().log().endOffset(),
                                                wanted.getOffset())
                                + " the leader"),
                place.shard().shard().id());
    }

    /** Completes when the log has all records below an offset; the caller bounds the wait. */
    private static CompletableFuture<Void> reached(PartitionLog log, long offset) {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        Runnable look =
                () -> {
                    if (log.endOffset() >= offset) {
                        reached.complete(null);
                    }
                };
        log.addAppendListener(look);
        reached.whenComplete((done, error) -> log.removeAppendListener(look));
        look.run();
        return reached;
    }

    private FoundOffset found(FindOffsetsRequest request, int number, Place place) {
        PartitionLog log = place.view().log();
        long offset =
                switch (request.getAtCase()) {
                    case EARLIEST -> log.startOffset();
                    case LATEST -> log.endOffset();
                    case TIMESTAMP_MS -> offsetAt(place, request.getTimestampMs(), redirects);
                    case AT_NOT_SET -> throw invalid("at", "set earliest, latest or timestamp_ms");
                };
        requireExists(place, request.getName());
        return FoundOffset.newBuilder()
                .setPartition(number)
                .setOffset(offset)
                .setLeaderEpoch(place.shard().view().leaderEpoch())
                .build();
    }

    /** To be called after the log was looked at: a deleted one's offsets mean nothing. */
    static void requireExists(Place place, String topic) {
        if (!place.view().exists()) {
            throw deleted(topic);
        }
    }

    static MillraceException deleted(String topic) {
        return MillraceException.of(
                        ErrorCode.UNKNOWN_TOPIC, "topic \"" + topic + "\" was deleted meanwhile")
                .with("topic", topic);
    }

    static long offsetAt(Place place, long timestampMs, Redirects redirects) {
        if (timestampMs < 0) {
            throw invalid(
                    "timestamp_ms", "timestamp_ms is " + timestampMs + "; it must be 0 or more");
        }
        try {
            return place.view().log().offsetAt(timestampMs);
        } catch (LogReader.MissingException e) {
            throw missing(place, e, redirects);
        } catch (LogReader.CorruptLogException e) {
            if (place.shard().view().corruptionFound(place.view().partitionId(), e)) {
                throw missing(place, e, redirects);
            }
            throw unsearchable(e);
        } catch (IOException e) {
            throw unsearchable(e);
        }
    }

    private static MillraceException missing(Place place, IOException e, Redirects redirects) {
        return redirects.toAnother(
                MillraceException.of(
                        ErrorCode.BEHIND, e.getMessage() + "; turn to another replica", e),
                place.shard().shard().id());
    }

    private static MillraceException unsearchable(IOException e) {
        return MillraceException.of(
                ErrorCode.CORRUPT_LOG, "the log cannot be searched by time: " + e.getMessage(), e);
    }

    static MillraceException invalid(String field, String message) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, message).with("field", field);
    }
}
