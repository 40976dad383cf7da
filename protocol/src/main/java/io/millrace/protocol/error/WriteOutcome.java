package io.millrace.protocol.error;

import io.millrace.v1.Outcome;

/** What is known of the write behind a failure. */
public enum WriteOutcome {
    /** The request was no write. */
    NONE(Outcome.OUTCOME_UNSPECIFIED),
    /** Certainly not applied, and never will be. */
    NOT_APPLIED(Outcome.OUTCOME_NOT_APPLIED),
    /** It may have been applied, or may be later. */
    UNKNOWN(Outcome.OUTCOME_UNKNOWN_YET);

    private final Outcome wire;

    WriteOutcome(Outcome wire) {
        this.wire = wire;
    }

    Outcome wire() {
        return wire;
    }

    /** A number from a newer peer is taken as the worst that it can mean. */
    static WriteOutcome ofWire(Outcome wire) {
        return switch (wire) {
            case OUTCOME_UNSPECIFIED -> NONE;
            case OUTCOME_NOT_APPLIED -> NOT_APPLIED;
            case OUTCOME_UNKNOWN_YET, UNRECOGNIZED -> UNKNOWN;
        };
    }
}
