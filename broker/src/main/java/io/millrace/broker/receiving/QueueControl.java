package io.millrace.broker.receiving;

import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueStatistics;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What others may ask of the queues led here. Thread-safe; no method blocks. */
public interface QueueControl {

    /** How a queue stands, at most a few hundred milliseconds ago; empty if it is not led here. */
    Optional<QueueStatistics> statistics(QueueKey key);

    /**
     * Closes the open breakers of a group's queues that are led here, and goes on. Idempotent.
     *
     * @return how many queues of the group are led here
     */
    CompletableFuture<Integer> resume(long groupId);

    /**
     * Makes records undone that were done, durably, and delivers them again with a fresh count.
     * Records that are not done are left alone. It does not matter whether anybody receives.
     *
     * @param offsets at most 1,000 records that exist
     * @return what has become of them; fails with NOT_LEADER if the queue's partition is not led
     *     here, and as the shard says otherwise
     */
    CompletableFuture<RedriveResult> redrive(QueueKey key, OffsetSet offsets);
}
