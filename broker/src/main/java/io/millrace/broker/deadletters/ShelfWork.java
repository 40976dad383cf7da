package io.millrace.broker.deadletters;

import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Settles dead letters of one partition, some or all, a chunk at a time: asks of each whether it
 * may go, and settles all copies of those that may. Used once, by one thread at a time.
 */
final class ShelfWork {

    /** Dead letters that are asked for at a time. */
    static final int CHUNK = 1_000;

    /** No more is begun after this time. */
    static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(8);

    /** So many dead letters are looked at. */
    static final int MAX_SEEN = 50_000;

    private final Shelf shelf;
    private final Judge judge;
    private final boolean validateOnly;
    private final Executor reading;
    private final LongSupplier nanoTime;
    private final long deadline;
    private final Outcome.Builder outcome;

    /** Whether those seen so far may go. */
    private final Map<DeadLetterOrigin, Boolean> seen = new HashMap<>();

    /** Says which dead letters must stay. */
    @FunctionalInterface
    interface Judge {

        /**
         * Does what is to be done before they are settled.
         *
         * @return those that must not be settled, and why
         */
        CompletableFuture<Map<DeadLetterOrigin, MillraceException>> refusals(
                Set<DeadLetterOrigin> origins);
    }

    /** What was read: the copies of each dead letter, and what is none. */
    private static final class Chunk {

        private final Map<DeadLetterOrigin, List<Long>> copies = new LinkedHashMap<>();
        private final List<Long> others = new ArrayList<>();
        private int records;
        private long endOffset;
        private long unread;
    }

    /**
     * @param validateOnly settle nothing
     * @param reading runs tasks that read from the disk
     */
    ShelfWork(
            Shelf shelf,
            Judge judge,
            boolean validateOnly,
            Executor reading,
            LongSupplier nanoTime) {
        this.shelf = shelf;
        this.judge = judge;
        this.validateOnly = validateOnly;
        this.reading = reading;
        this.nanoTime = nanoTime;
        this.deadline = nanoTime.getAsLong() + LIMIT_NANOS;
        this.outcome = new Outcome.Builder(shelf.number());
    }

    /** Takes all that are there now, the oldest first, as far as the time goes. */
    CompletableFuture<Outcome> all() {
        return allFrom(0, shelf.log().endOffset());
    }

    private CompletableFuture<Outcome> allFrom(long from, long end) {
        return CompletableFuture.supplyAsync(() -> next(from, end), reading)
                .thenCompose(chunk -> settle(chunk).thenApply(settled -> chunk.endOffset))
                .thenCompose(
                        to ->
                                to >= end || isOver()
                                        ? CompletableFuture.completedFuture(ended(to, end))
                                        : allFrom(to, end));
    }

    private boolean isOver() {
        return seen.size() >= MAX_SEEN || nanoTime.getAsLong() - deadline >= 0;
    }

    private Outcome ended(long at, long end) {
        return outcome.build(Shelf.countOpen(shelf.progress(), at, end));
    }

    private Chunk next(long from, long end) {
        Chunk chunk = new Chunk();
        chunk.endOffset =
                ShelfScan.through(shelf, shelf.progress())
                        .visit(
                                from,
                                end,
                                (offset, copy) -> {
                                    if (chunk.records == CHUNK) {
                                        return false;
                                    }
                                    chunk.records++;
                                    copy.ifPresentOrElse(
                                            found -> add(chunk, found.origin(), offset),
                                            () -> chunk.others.add(offset));
                                    return true;
                                });
        return chunk;
    }

    private static void add(Chunk chunk, DeadLetterOrigin origin, long offset) {
        chunk.copies.computeIfAbsent(origin, first -> new ArrayList<>(1)).add(offset);
    }

    /**
     * Takes those whose copies are at some offsets, and further copies of them. Those that are
     * settled are passed over.
     */
    CompletableFuture<Outcome> named(SortedSet<Long> offsets) {
        return CompletableFuture.supplyAsync(() -> find(offsets), reading)
                .thenCompose(chunk -> settle(chunk).thenApply(settled -> chunk.unread))
                .thenApply(outcome::build);
    }

    private Chunk find(SortedSet<Long> offsets) {
        Chunk chunk = new Chunk();
        QueueProgress progress = shelf.progress();
        ShelfScan scan = ShelfScan.picking(shelf, progress);
        long start = shelf.log().startOffset();
        long end = shelf.log().endOffset();
        for (long offset : offsets) {
            if (offset < 0 || offset >= end) {
                outcome.refuse(
                        offset, outOfRange(offset, "was never written: the log end is", end));
            } else if (Shelf.nextOpen(progress, offset) != offset) {
                continue;
            } else if (offset < start) {
                outcome.refuse(
                        offset, outOfRange(offset, "was trimmed away: the log starts at", start));
            } else if (scan.visit(offset, offset + 1, (at, copy) -> pick(chunk, at, copy))
                    == offset) {
                chunk.unread++; // the scan has reached its bounds
            }
        }
        findDoubles(chunk, progress, end);
        return chunk;
    }

    private boolean pick(Chunk chunk, long offset, Optional<DeadLetterCopy> copy) {
        copy.ifPresentOrElse(
                found -> add(chunk, found.origin(), offset),
                () -> outcome.refuse(offset, notADeadLetter(offset)));
        return true;
    }

    private void findDoubles(Chunk chunk, QueueProgress progress, long end) {
        if (chunk.copies.isEmpty()) {
            return;
        }
        ShelfScan.through(shelf, progress)
                .visit(
                        0,
                        end,
                        (offset, copy) -> {
                            copy.map(found -> chunk.copies.get(found.origin()))
                                    .filter(known -> !known.contains(offset))
                                    .ifPresent(known -> known.add(offset));
                            return true;
                        });
    }

    private CompletableFuture<Void> settle(Chunk chunk) {
        Map<DeadLetterOrigin, List<Long>> fresh = new LinkedHashMap<>(chunk.copies);
        fresh.keySet().removeAll(seen.keySet());
        CompletableFuture<Map<DeadLetterOrigin, MillraceException>> judged =
                fresh.isEmpty()
                        ? CompletableFuture.completedFuture(Map.of())
                        : judge.refusals(fresh.keySet());
        return judged.thenCompose(
                refusals -> {
                    fresh.keySet().forEach(one -> seen.put(one, !refusals.containsKey(one)));
                    refusals.forEach((one, why) -> outcome.refuse(fresh.get(one).get(0), why));
                    long count = fresh.size() - refusals.size();
                    return (validateOnly
                                    ? CompletableFuture.<Void>completedFuture(null)
                                    : shelf.settle(settled(chunk)))
                            .thenAccept(done -> outcome.add(count));
                });
    }

    private OffsetSet settled(Chunk chunk) {
        List<Long> offsets = new ArrayList<>(chunk.others);
        chunk.copies.forEach(
                (origin, copies) -> {
                    if (seen.get(origin)) {
                        offsets.addAll(copies);
                    }
                });
        return OffsetSet.of(offsets.stream().mapToLong(Long::longValue).toArray());
    }

    private MillraceException outOfRange(long offset, String what, long limit) {
        return MillraceException.of(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "the dead letter %d:%s %s %d; look at `millrace dlq list %s`"
                                .formatted(
                                        shelf.number(),
                                        Long.toUnsignedString(offset),
                                        what,
                                        limit,
                                        shelf.group()))
                .with("field", "dead_letters.offset");
    }

    private MillraceException notADeadLetter(long offset) {
        return MillraceException.of(
                        ErrorCode.INVALID_ARGUMENT,
                        "record %d of %s/%d is not a dead letter; look at `millrace dlq list %s`"
                                .formatted(offset, shelf.topic(), shelf.number(), shelf.group()))
                .with("field", "dead_letters.offset");
    }
}
