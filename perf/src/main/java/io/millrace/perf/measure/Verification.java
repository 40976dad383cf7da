package io.millrace.perf.measure;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What came back of what was acknowledged.
 *
 * @param method how it was found out, a few words
 * @param expected records that had to come
 * @param received records that came, the doubled ones too
 * @param lost acknowledged and not received
 * @param doubled received more than once
 * @param outOfOrder received after one of the same publisher and partition that was sent later
 * @param corrupt received with other bytes than were sent
 * @param foreign received, and not of this run; not judged
 * @param firstProblem the first that was found; null if there is none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Verification(
        String method,
        long expected,
        long received,
        long lost,
        long doubled,
        long outOfOrder,
        long corrupt,
        long foreign,
        String firstProblem) {

    /** Whether all is as it must be. */
    public boolean good() {
        return lost + doubled + outOfOrder + corrupt == 0;
    }

    /** The same verification, of two parts of what was received. */
    public Verification plus(Verification other) {
        return new Verification(
                method,
                expected + other.expected,
                received + other.received,
                lost + other.lost,
                doubled + other.doubled,
                outOfOrder + other.outOfOrder,
                corrupt + other.corrupt,
                foreign + other.foreign,
                firstProblem == null ? other.firstProblem : firstProblem);
    }
}
