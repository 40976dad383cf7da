package io.millrace.broker.controller.plan;

/**
 * How a replica is, by its own report and that of the shard's leader. Immutable.
 *
 * @param lag entries of the shard that are not in its log, as the leader sees it; {@code
 *     Long.MAX_VALUE}: not known
 * @param missingRecords records that are missing in its partition logs
 * @param logBytes bytes of its partition logs
 */
public record ReplicaCondition(long lag, long missingRecords, long logBytes) {

    /** One that nothing is known of. */
    public static final ReplicaCondition UNKNOWN = new ReplicaCondition(Long.MAX_VALUE, 0, 0);

    /** A replica that lacks no more than this catches up within a moment. */
    static final long NEAR_ENTRIES = 1_000;

    /** Whether it has all records and nearly all entries. */
    public boolean isWhole() {
        return missingRecords == 0 && lag <= NEAR_ENTRIES;
    }
}
