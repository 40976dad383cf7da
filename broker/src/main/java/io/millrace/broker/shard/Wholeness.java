package io.millrace.broker.shard;

import java.util.function.LongSupplier;

/**
 * Whether a replica holds all records, now and after a crash. What was filled in counts only once a
 * durable manifest names it: until then the loss of power takes it away again. Thread-safe.
 */
final class Wholeness {

    private final LongSupplier missing;
    private long losses;
    private boolean durable = true;

    /**
     * @param missing how many records are missing at the moment; must not block
     */
    Wholeness(LongSupplier missing) {
        this.missing = missing;
    }

    /** Records were found to be missing that the last durable manifest may name. */
    synchronized void lost() {
        losses++;
        durable = false;
    }

    /** How often {@link #lost} was called: goes with a copy of the state. */
    synchronized long losses() {
        return losses;
    }

    /**
     * A manifest is durable.
     *
     * @param whole whether it has no holes
     * @param lossesBefore what {@link #losses} said before the copy was taken
     */
    synchronized void manifestDurable(boolean whole, long lossesBefore) {
        durable = whole && losses == lossesBefore;
    }

    private synchronized boolean isDurable() {
        return durable;
    }

    boolean isWhole() {
        return isDurable() && missing.getAsLong() == 0;
    }

    /** At least 1 as long as the replica is not whole. */
    long missingRecords() {
        long now = missing.getAsLong();
        return now == 0 && !isDurable() ? 1 : now;
    }

    /** Only a checkpoint is missing. */
    boolean wantsCheckpoint() {
        return !isDurable() && missing.getAsLong() == 0;
    }
}
