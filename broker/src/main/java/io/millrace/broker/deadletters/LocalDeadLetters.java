package io.millrace.broker.deadletters;

import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.broker.topics.LocalBarriers;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.v1.ListDeadLettersResponse;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The dead letters in partitions that this broker leads. At most one redrives or drops the dead
 * letters of a partition at a time. Thread-safe; no method blocks.
 */
final class LocalDeadLetters {

    private final LocalPartitions partitions;
    private final Redirects redirects;
    private final CopyMemory memory;
    private final RecordRedrives records;
    private final Executor reading;
    private final LongSupplier nanoTime;
    private final Set<QueueKey> busy = ConcurrentHashMap.newKeySet();

    LocalDeadLetters(
            LocalPartitions partitions,
            Redirects redirects,
            CopyMemory memory,
            RecordRedrives records,
            Executor reading,
            LongSupplier nanoTime) {
        this.partitions = partitions;
        this.redirects = redirects;
        this.memory = memory;
        this.records = records;
        this.reading = reading;
        this.nanoTime = nanoTime;
    }

    /**
     * A page of what is not settled, of everything that was copied before the call.
     *
     * @param from the first offset to be shown
     */
    CompletableFuture<ListDeadLettersResponse> list(
            GroupImage group, TopicImage topic, int number, long from, int size) {
        return open(group, topic, number)
                .thenApplyAsync(shelf -> new ShelfPage(shelf, from, size).read(), reading);
    }

    /**
     * Redrives dead letters.
     *
     * @param offsets of their copies; none: all
     */
    CompletableFuture<Outcome> redrive(
            GroupImage group,
            TopicImage topic,
            int number,
            SortedSet<Long> offsets,
            boolean validateOnly) {
        return open(group, topic, number)
                .thenCompose(
                        shelf ->
                                work(
                                        shelf,
                                        new ShelfRedrive(shelf, memory, records, validateOnly),
                                        offsets,
                                        validateOnly));
    }

    /** Drops dead letters. */
    CompletableFuture<Outcome> drop(
            GroupImage group,
            TopicImage topic,
            int number,
            SortedSet<Long> offsets,
            boolean validateOnly) {
        return open(group, topic, number)
                .thenCompose(
                        shelf ->
                                work(
                                        shelf,
                                        origins -> CompletableFuture.completedFuture(Map.of()),
                                        offsets,
                                        validateOnly));
    }

    private CompletableFuture<Outcome> work(
            Shelf shelf, ShelfWork.Judge judge, SortedSet<Long> offsets, boolean validateOnly) {
        Supplier<CompletableFuture<Outcome>> begin =
                () -> {
                    ShelfWork work = new ShelfWork(shelf, judge, validateOnly, reading, nanoTime);
                    return offsets.isEmpty() ? work.all() : work.named(offsets);
                };
        return validateOnly ? begin.get() : alone(shelf, begin);
    }

    private CompletableFuture<Outcome> alone(
            Shelf shelf, Supplier<CompletableFuture<Outcome>> begin) {
        QueueKey key = shelf.key();
        if (!busy.add(key)) {
            return CompletableFuture.failedFuture(
                    MillraceException.of(
                                    ErrorCode.CHANGE_REFUSED,
                                    "dead letters of group \"%s\" are being redriven or dropped already;"
                                                    .formatted(shelf.group())
                                            + " try again when that is done")
                            .withRetry(Retry.SAME));
        }
        CompletableFuture<Outcome> work;
        try {
            work = begin.get();
        } catch (RuntimeException e) {
            work = CompletableFuture.failedFuture(e);
        }
        return work.whenComplete((outcome, failure) -> busy.remove(key));
    }

    /** Completes when all that was acknowledged before can be seen. */
    private CompletableFuture<Shelf> open(GroupImage group, TopicImage topic, int number) {
        Place place = partitions.place(topic.name(), topic.topicId(), number);
        long term = place.shard().shard().leadingTerm();
        if (term == 0) {
            throw redirects.notLeading(topic.name() + "/" + number, place.shard().shard().id());
        }
        Shelf shelf =
                new Shelf(
                        group.name(),
                        group.groupId(),
                        topic.name(),
                        number,
                        place.shard(),
                        place.view(),
                        term);
        return LocalBarriers.pass(place.shard(), redirects).thenApply(passed -> shelf);
    }
}
