package io.millrace.broker.shard;

/**
 * The last reason for which a log start moved, so that a gap can say why.
 *
 * @param fromOffset the log start before the first move for this reason
 * @param toOffset the log start after the last one
 * @param reason the reason
 */
public record TrimMark(long fromOffset, long toOffset, TrimReason reason) {

    /** The mark after the log start has moved on; a run of moves for one reason is one mark. */
    static TrimMark after(TrimMark before, long oldStart, long newStart, TrimReason reason) {
        boolean sameRun = before != null && before.reason == reason && before.toOffset == oldStart;
        return new TrimMark(sameRun ? before.fromOffset : oldStart, newStart, reason);
    }
}
