package io.millrace.raft.jraft;

import java.util.function.BooleanSupplier;

/**
 * Keeps a replica that misses a part of its data from becoming leader: others that have all can
 * serve at once. Not for ever: it may hold acknowledged entries that the others lack, and then
 * nobody else can lead. Thread-safe.
 */
final class CandidacyGate {

    private final BooleanSupplier whole;
    private final LeaderContact contact;
    private final long holdNanos;

    /**
     * @param whole whether it misses nothing
     * @param holdNanos how long without a word of a leader it holds back
     */
    CandidacyGate(BooleanSupplier whole, LeaderContact contact, long holdNanos) {
        this.whole = whole;
        this.contact = contact;
        this.holdNanos = holdNanos;
    }

    /** Whether the replica must not ask for votes now. */
    boolean holdsBack() {
        return !whole.getAsBoolean() && contact.silentNanos() < holdNanos;
    }
}
