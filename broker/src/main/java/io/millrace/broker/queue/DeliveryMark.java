package io.millrace.broker.queue;

/**
 * What is remembered of a record that was delivered and is not done.
 *
 * @param offset the record
 * @param deliveries how often it was delivered and given back or not settled in time, at least 1
 * @param dueMs not to be delivered before, milliseconds since 1970 UTC; 0: at once
 */
public record DeliveryMark(long offset, int deliveries, long dueMs) {

    public DeliveryMark {
        if (offset < 0 || deliveries < 1 || dueMs < 0) {
            throw new IllegalArgumentException(
                    "a mark with offset "
                            + offset
                            + ", "
                            + deliveries
                            + " deliveries, due at "
                            + dueMs);
        }
    }

    /**
     * Which of two marks of a record is the later one. It does not matter in what order, and how
     * often, marks are compared.
     */
    DeliveryMark later(DeliveryMark other) {
        if (deliveries != other.deliveries) {
            return deliveries > other.deliveries ? this : other;
        }
        return dueMs >= other.dueMs ? this : other;
    }
}
