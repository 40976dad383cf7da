package io.millrace.broker.deadletters;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;

/**
 * The copies that this broker has written lately as leader of dead-letter topics, so that one which
 * is asked for twice is written once. Forgets the oldest. Thread-safe; never blocks.
 */
final class CopyMemory {

    /** How many copies are remembered. */
    static final int CAPACITY = 10_000;

    private final Map<Key, CompletableFuture<Long>> copies = new LinkedHashMap<>();

    /**
     * @param partitionId of the dead-letter topic
     */
    private record Key(long partitionId, DeadLetterOrigin origin) {}

    /**
     * A copy.
     *
     * @param offset where it is, once it is written; if it cannot be, it is not remembered
     * @param isNew whether the caller is to write it, and to complete the offset
     */
    record Claim(CompletableFuture<Long> offset, boolean isNew) {}

    /**
     * The copy of a record that is there, or is being written, or else is to be written now.
     *
     * @param isSettled whether the copy at an offset is settled: then it stands for nothing any
     *     more
     */
    Claim claim(long partitionId, DeadLetterOrigin origin, LongPredicate isSettled) {
        Key key = new Key(partitionId, origin);
        CompletableFuture<Long> copy = new CompletableFuture<>();
        synchronized (this) {
            CompletableFuture<Long> known = copies.get(key);
            if (known != null && !(known.isDone() && isSettled.test(known.join()))) {
                return new Claim(known, false);
            }
            copies.remove(key);
            copies.put(key, copy);
            if (copies.size() > CAPACITY) {
                Iterator<Key> oldest = copies.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
        return new Claim(copy, true);
    }

    /** The copy is written. */
    void written(Claim claim, long offset) {
        claim.offset().complete(offset);
    }

    /** The copy is not written, or nobody knows: it is to be tried again. */
    void failed(long partitionId, DeadLetterOrigin origin, Claim claim, Throwable reason) {
        synchronized (this) {
            copies.remove(new Key(partitionId, origin), claim.offset());
        }
        claim.offset().completeExceptionally(reason);
    }

    /** From now on further copies of these records are no doubles. */
    synchronized void forget(long partitionId, Collection<DeadLetterOrigin> origins) {
        origins.forEach(origin -> copies.remove(new Key(partitionId, origin)));
    }
}
