package io.millrace.tests.history;

import java.util.Map;

/**
 * What the checker says of a history.
 *
 * @param anomalies how many of each there are; empty: all is well
 * @param counts how much there was
 * @param pauses the pauses in acknowledgements
 * @param gaps the gaps in what members of a group were given
 * @param text all of it, to be read by people
 */
public record Verdict(
        Map<Anomaly, Long> anomalies,
        Counts counts,
        AckPauses pauses,
        DeliveryGaps gaps,
        String text) {

    /** Whether nothing is wrong. */
    public boolean isClean() {
        return anomalies.isEmpty();
    }

    @Override
    public String toString() {
        return text;
    }
}
