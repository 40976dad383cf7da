package io.millrace.client.read;

import java.time.Duration;
import java.util.Objects;

/** What a read is to have seen. */
public sealed interface Consistency {
    /** Every write that was acknowledged before the call, by anybody. */
    static Consistency linearizable() {
        return new Linearizable();
    }

    /**
     * At least what the token names, such as the caller's own writes; on any replica, which waits
     * until it has it.
     */
    static Consistency session(ReadToken token) {
        return new Session(token);
    }

    /** Whatever the replica has applied, however old that is. */
    static Consistency eventual() {
        return new Eventual(Duration.ZERO);
    }

    /**
     * Whatever the replica has applied, if that is not older than this; a replica that is older, or
     * does not know how old it is, is left for another one.
     *
     * @param maxStaleness 1 ms to 24 h
     */
    static Consistency eventual(Duration maxStaleness) {
        if (maxStaleness.toMillis() < 1 || maxStaleness.compareTo(Duration.ofHours(24)) > 0) {
            throw new IllegalArgumentException(
                    "maxStaleness is " + maxStaleness + "; allowed are 1 ms to 24 h");
        }
        return new Eventual(maxStaleness);
    }

    /** As {@link #linearizable()}. */
    record Linearizable() implements Consistency {}

    /**
     * As {@link #session}.
     *
     * @param token what was seen
     */
    record Session(ReadToken token) implements Consistency {
        public Session {
            Objects.requireNonNull(token, "token");
        }
    }

    /**
     * As {@link #eventual()}.
     *
     * @param maxStaleness zero: no bound
     */
    record Eventual(Duration maxStaleness) implements Consistency {}
}
