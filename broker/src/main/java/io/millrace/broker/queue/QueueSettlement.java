package io.millrace.broker.queue;

/**
 * What has become of records of a queue. To apply it twice is the same as once.
 *
 * @param key the queue
 * @param done settled for good
 * @param dead settled for good because they were given up; their copies are durable already
 * @param marks delivered in vain, to be delivered again
 */
public record QueueSettlement(QueueKey key, OffsetSet done, OffsetSet dead, DeliveryMarks marks) {

    /** How much of an entry it takes; see {@link QueueCommand.SettleRecords#MAX_WEIGHT}. */
    public int weight() {
        return 1 + done.rangeCount() + dead.rangeCount() + marks.size();
    }
}
