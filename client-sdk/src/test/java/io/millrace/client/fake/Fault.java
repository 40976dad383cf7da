package io.millrace.client.fake;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.WriteOutcome;

/**
 * What a broker does with a batch.
 *
 * @param apply whether it is applied now
 * @param applyLate whether it is applied when {@link FakeCluster#applyLate} is called
 * @param breakStream whether the stream ends without an answer
 * @param silent whether no answer is given
 * @param refuse the answer, if it is a refusal
 * @param outcome what the refusal says of the write
 */
public record Fault(
        boolean apply,
        boolean applyLate,
        boolean breakStream,
        boolean silent,
        ErrorCode refuse,
        WriteOutcome outcome) {
    /** All is well. */
    public static final Fault NONE = new Fault(true, false, false, false, null, null);

    /** The stream breaks; the batch is lost. */
    public static final Fault BREAK = new Fault(false, false, true, false, null, null);

    /** The stream breaks after the batch is stored: the answer is lost. */
    public static final Fault BREAK_AFTER = new Fault(true, false, true, false, null, null);

    /**
     * The stream breaks while the batch is under way; it is stored later, if it is still its turn.
     */
    public static final Fault BREAK_AND_APPLY_LATE =
            new Fault(false, true, true, false, null, null);

    /** The batch is lost in a broker that hangs. */
    public static final Fault SILENCE = new Fault(false, false, false, true, null, null);

    /** The batch is refused, and not stored. */
    public static Fault refuse(ErrorCode code) {
        return new Fault(false, false, false, false, code, WriteOutcome.NOT_APPLIED);
    }

    /** The batch is stored, but the broker cannot tell. */
    public static Fault unknownButApplied() {
        return new Fault(
                true, false, false, false, ErrorCode.OUTCOME_UNKNOWN, WriteOutcome.UNKNOWN);
    }

    /** The batch is not stored, but the broker cannot tell. */
    public static Fault unknownNotApplied() {
        return new Fault(
                false, false, false, false, ErrorCode.OUTCOME_UNKNOWN, WriteOutcome.UNKNOWN);
    }
}
