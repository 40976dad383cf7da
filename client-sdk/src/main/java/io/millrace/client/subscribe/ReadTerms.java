package io.millrace.client.subscribe;

import io.millrace.client.read.Consistency;
import io.millrace.client.read.ReadToken;
import io.millrace.v1.ReadConsistency;
import io.millrace.v1.SubscribeStart;

/**
 * What a stream asks of its replica.
 *
 * @param wire the consistency on the wire
 * @param maxStalenessMs 0: no bound
 * @param token what is to be there at least; null unless it is a session
 */
record ReadTerms(ReadConsistency wire, long maxStalenessMs, ReadToken token) {
    /** The terms of a consistency; null: the default. */
    static ReadTerms of(Consistency consistency) {
        if (consistency instanceof Consistency.Session session) {
            return new ReadTerms(ReadConsistency.READ_CONSISTENCY_SESSION, 0, session.token());
        }
        if (consistency instanceof Consistency.Eventual eventual) {
            return new ReadTerms(
                    ReadConsistency.READ_CONSISTENCY_EVENTUAL,
                    eventual.maxStaleness().toMillis(),
                    null);
        }
        return new ReadTerms(
                consistency == null
                        ? ReadConsistency.READ_CONSISTENCY_UNSPECIFIED
                        : ReadConsistency.READ_CONSISTENCY_LINEARIZABLE,
                0,
                null);
    }

    void applyTo(SubscribeStart.Builder start) {
        start.setConsistency(wire).setMaxStalenessMs(maxStalenessMs);
    }

    /** What was seen before, here or elsewhere, is there wherever the session goes on. */
    long atLeast(Cursor cursor) {
        return token == null ? 0 : Math.max(token.offset(cursor.partition()), cursor.seenBefore());
    }
}
