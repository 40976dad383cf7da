package io.millrace.perf.measure;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What did not go as it should, but for what the verification found.
 *
 * @param failed records that were refused, or whose outcome stayed unknown
 * @param retried records that were answered as duplicates: the first answer was lost
 * @param interrupted whether somebody ended the run
 * @param first the first failure, one sentence; null if there is none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Failures(long failed, long retried, boolean interrupted, String first) {
    /** Nothing. */
    public static final Failures NONE = new Failures(0, 0, false, null);

    /** Whether all went as it should. */
    public boolean none() {
        return failed == 0 && !interrupted && first == null;
    }
}
