package io.millrace.perf.load;

/** What is measured. */
public enum Work {
    /** Publishers only; what they sent is read back afterwards. */
    PUBLISH(Subscribing.NOT),
    /** A backlog that was sent before is read from its start; the subscribers share it. */
    DRAIN(Subscribing.SHARED),
    /** A backlog that was sent before is read from its start, whole by each subscriber. */
    FAN_OUT_DRAIN(Subscribing.EACH),
    /** Publishers, while subscribers follow that share the partitions. */
    END_TO_END(Subscribing.SHARED),
    /** Publishers, while subscribers follow that get everything each. */
    FAN_OUT(Subscribing.EACH),
    /**
     * Nothing but, at a rate, a record a second to each of so many partitions: what do partitions
     * cost that are there?
     */
    IDLE(Subscribing.NOT),
    /** One publisher and one subscriber: the next record is sent when the one before has come. */
    ONE_AT_A_TIME(Subscribing.SHARED),
    /** As end to end, while the broker that leads the only partition is killed again and again. */
    KILL_LEADER(Subscribing.SHARED),
    /** As end to end, while the leadership of the only partition is moved again and again. */
    MOVE_LEADER(Subscribing.SHARED),
    /** A backlog that was sent before; all brokers are killed, and started again at once. */
    RESTART(Subscribing.NOT),
    /** A backlog that was sent before; one broker is killed, and started again without its data. */
    CATCH_UP(Subscribing.NOT);

    private final Subscribing subscribing;

    Work(Subscribing subscribing) {
        this.subscribing = subscribing;
    }

    /** Whether a backlog is needed, of which the records are sent before the measurement. */
    public boolean isBacklog() {
        return this == DRAIN || this == FAN_OUT_DRAIN || isRecovery();
    }

    /** Whether subscribers are a part of what is measured. */
    public boolean isReceiving() {
        return subscribing != Subscribing.NOT;
    }

    /** Whether each subscriber gets every record. */
    public boolean isFanOut() {
        return subscribing == Subscribing.EACH;
    }

    /** Whether it needs a cluster of its own that has done nothing else. */
    public boolean isAlone() {
        return this == IDLE || isRecovery();
    }

    /** Whether the partition gets another leader meanwhile. */
    public boolean isFailover() {
        return this == KILL_LEADER || this == MOVE_LEADER;
    }

    /** Whether it is measured how long it takes until all is as it was. */
    public boolean isRecovery() {
        return this == RESTART || this == CATCH_UP;
    }

    private enum Subscribing {
        NOT,
        SHARED,
        EACH
    }
}
