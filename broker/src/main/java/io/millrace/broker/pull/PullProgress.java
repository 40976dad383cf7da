package io.millrace.broker.pull;

/**
 * How far a replica is with what it misses.
 *
 * @param missingRecords how many records it misses; at least 1 as long as it is not whole
 * @param pulledRecords how many it has pulled since it began to miss some
 * @param pulledBytes the bytes of their batches
 * @param sourceNode the broker that gave the last of them; 0: none yet
 * @param problem why nothing comes at the moment, a sentence for a person; empty if all is well
 */
public record PullProgress(
        long missingRecords, long pulledRecords, long pulledBytes, int sourceNode, String problem) {

    static final PullProgress NONE = new PullProgress(0, 0, 0, 0, "");

    PullProgress pulled(long records, long bytes, int node) {
        return new PullProgress(
                missingRecords, pulledRecords + records, pulledBytes + bytes, node, "");
    }

    PullProgress because(String why) {
        return new PullProgress(missingRecords, pulledRecords, pulledBytes, sourceNode, why);
    }

    PullProgress missing(long records) {
        return new PullProgress(records, pulledRecords, pulledBytes, sourceNode, problem);
    }
}
