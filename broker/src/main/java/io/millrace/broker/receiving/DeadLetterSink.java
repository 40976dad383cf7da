package io.millrace.broker.receiving;

import java.util.concurrent.CompletableFuture;

/** Where records go that a group has given up. Thread-safe. */
@FunctionalInterface
public interface DeadLetterSink {

    /**
     * Copies a record to the dead letters of its group. Does not block. Called for at most some
     * tens of records of a queue at a time. After a change of leaders the same record may come
     * again.
     *
     * @return completes, on any thread, when the copy is durable; fails if it surely or possibly is
     *     not: then it is called again, later. Completes within a deadline of its own in any case
     */
    CompletableFuture<Void> copy(DeadLetter letter);
}
