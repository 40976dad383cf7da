package io.millrace.client.subscribe;

import io.millrace.client.record.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Follows partitions. Made by {@code MillraceClient.newSubscriber()}.
 *
 * <p>Within a partition records come in offset order, each once, with no hole but those that the
 * gap policy allows; broken connections, restarts of brokers and changes of leaders do not show.
 * The SDK's own place is lost with the process: keep {@link #positions()} where it survives.
 *
 * <p>Records are read ahead of {@link #poll} up to a bound in records and bytes; when it is reached
 * the broker waits.
 *
 * <p><b>Styles.</b> {@link #poll}, {@link #iterator()}, {@link #forEachAsync} and {@link #asFlow()}
 * take from the same place: use one of them. They are for one thread at a time; all other methods
 * are thread-safe.
 *
 * <p><b>Failures</b> that going on cannot cure (OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC, CORRUPT_LOG, …)
 * end the subscriber: records read before are still given, then each call throws the {@link
 * io.millrace.protocol.error.MillraceException}. A {@link #seek} of the partition concerned lets it
 * go on after OFFSET_OUT_OF_RANGE.
 */
public interface Subscriber extends AutoCloseable, Iterable<ReceivedRecord> {
    /**
     * The next records; waits for the first of them. Returns early, and empty, if the subscriber is
     * closed or the thread interrupted; the interrupt flag stays set.
     *
     * @param timeout how long to wait for the first record, 0 or more
     * @return up to {@code maxPollRecords} records of one or more partitions; empty if none came
     * @throws io.millrace.protocol.error.MillraceException why it cannot go on
     */
    List<ReceivedRecord> poll(Duration timeout);

    /**
     * Gives record after record, waiting for each. {@code hasNext()} is false once the subscriber
     * is closed or the thread interrupted.
     */
    @Override
    Iterator<ReceivedRecord> iterator();

    /**
     * Calls the handler for record after record on a thread of the subscriber's own.
     *
     * @return ends when the subscriber is closed, or fails with what the handler threw or with why
     *     the subscriber cannot go on
     * @throws IllegalStateException if it was called before, or {@link #asFlow()} was
     */
    CompletableFuture<Void> forEachAsync(Consumer<? super ReceivedRecord> handler);

    /**
     * The records as a reactive stream for one {@link Flow.Subscriber}: no more than it requests.
     * Cancelling stops the stream; the subscriber is still to be closed.
     */
    Flow.Publisher<ReceivedRecord> asFlow();

    /** The partitions followed. */
    Set<TopicPartition> partitions();

    /**
     * Where each partition stands: the offset of the next record to be given. Partitions whose
     * start the broker has not told yet are missing.
     */
    Map<TopicPartition, Long> positions();

    /**
     * What the partitions hold, as of the last sign of life; those not heard of yet are missing.
     */
    Map<TopicPartition, LogRange> ranges();

    /**
     * Goes on elsewhere. Records read ahead are dropped: the next one given is that of the
     * position.
     *
     * @throws IllegalArgumentException if the partition is not followed
     */
    void seek(TopicPartition partition, Position position);

    /** Gives no more records of these partitions until {@link #resume}; their places are kept. */
    void pause(Collection<TopicPartition> partitions);

    /** Undoes {@link #pause}. */
    void resume(Collection<TopicPartition> partitions);

    /** Ends all streams; wakes a waiting {@link #poll}. Returns at once; idempotent. */
    @Override
    void close();
}
