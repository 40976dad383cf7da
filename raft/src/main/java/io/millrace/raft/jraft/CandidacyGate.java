package io.millrace.raft.jraft;

import java.util.function.BooleanSupplier;

/**
 * Keeps a replica that is not fit from becoming leader, since it misses a part of its data or its
 * disk hangs: others can serve at once. Not for ever: it may hold acknowledged entries that the
 * others lack, and then nobody else can lead. Thread-safe.
 */
final class CandidacyGate {

    private final BooleanSupplier fit;
    private final LeaderContact contact;
    private final long holdNanos;

    /**
     * @param fit whether it could serve well
     * @param holdNanos how long without a word of a leader it holds back
     */
    CandidacyGate(BooleanSupplier fit, LeaderContact contact, long holdNanos) {
        this.fit = fit;
        this.contact = contact;
        this.holdNanos = holdNanos;
    }

    /** Whether the replica must not ask for votes now. */
    boolean holdsBack() {
        return !fit.getAsBoolean() && contact.silentNanos() < holdNanos;
    }
}
