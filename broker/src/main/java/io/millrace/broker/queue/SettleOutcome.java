package io.millrace.broker.queue;

/** What came of the word of a member about a delivery. */
public enum SettleOutcome {
    /** Nothing has to be made durable. */
    DONE,
    /** Answer it when {@link QueueDispatcher#confirmed} gives its token back. */
    PENDING,
    /** The lease has run out, or the delivery was settled: nothing changed. */
    EXPIRED
}
