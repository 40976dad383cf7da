package io.millrace.broker.receiving;

/** Hears what the queues led here do, by group. Thread-safe; must not block. */
public interface ReceiveListener {

    /** Hears nothing. */
    ReceiveListener NONE = new ReceiveListener() {};

    /** Records were sent to members. */
    default void delivered(String group, int records) {}

    /** Records were processed; members said so, and it is durable or on its way. */
    default void acked(String group, int records) {}

    /** Members gave records back, to be delivered again later. */
    default void nacked(String group, int records) {}

    /** Deliveries ran out of time. */
    default void expired(String group, long deliveries) {}

    /** Copies of records that were given up are durable. */
    default void givenUp(String group, int records) {}
}
