package io.millrace.broker.queue;

/**
 * A record as it was read.
 *
 * @param offset its place in the partition
 * @param hasKey whether it has a key; records without are handed out in any order
 * @param keyHash 64 bits of a hash of the key, the same on every broker; two keys that share it
 *     merely wait for each other
 * @param deliverAtMs not to be delivered before, milliseconds since 1970 UTC; 0: at once
 */
public record QueueRecord(long offset, boolean hasKey, long keyHash, long deliverAtMs) {

    /** A record without a key. */
    public static QueueRecord keyless(long offset) {
        return new QueueRecord(offset, false, 0, 0);
    }

    /** A record with a key. */
    public static QueueRecord keyed(long offset, long keyHash) {
        return new QueueRecord(offset, true, keyHash, 0);
    }
}
