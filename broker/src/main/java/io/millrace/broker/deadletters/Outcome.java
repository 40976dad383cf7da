package io.millrace.broker.deadletters;

import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.DeadLetterName;
import io.millrace.v1.DeadLetterRefusal;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of redriving or dropping.
 *
 * @param count how many were settled, or would be
 * @param refused what was not, and why; the first {@value #MAX_REFUSED}
 * @param refusedInAll how many were not
 * @param remaining how many were not looked at
 */
record Outcome(long count, List<DeadLetterRefusal> refused, long refusedInAll, long remaining) {

    static final int MAX_REFUSED = 1_000;

    static final Outcome NOTHING = new Outcome(0, List.of(), 0, 0);

    /** This and that of another partition. */
    Outcome and(Outcome other) {
        List<DeadLetterRefusal> all = new ArrayList<>(refused);
        all.addAll(other.refused);
        return new Outcome(
                count + other.count,
                all.subList(0, Math.min(all.size(), MAX_REFUSED)),
                refusedInAll + other.refusedInAll,
                remaining + other.remaining);
    }

    /** Adds up what came of one partition. */
    static final class Builder {

        private final int partition;
        private final List<DeadLetterRefusal> refused = new ArrayList<>();
        private long count;
        private long refusedInAll;

        Builder(int partition) {
            this.partition = partition;
        }

        void add(long settled) {
            count += settled;
        }

        void refuse(long offset, MillraceException why) {
            refusedInAll++;
            if (refused.size() < MAX_REFUSED) {
                refused.add(
                        DeadLetterRefusal.newBuilder()
                                .setDeadLetter(
                                        DeadLetterName.newBuilder()
                                                .setPartition(partition)
                                                .setOffset(offset))
                                .setError(WireError.toDetail(why))
                                .build());
            }
        }

        Outcome build(long remaining) {
            return new Outcome(count, List.copyOf(refused), refusedInAll, remaining);
        }
    }
}
