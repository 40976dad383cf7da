package io.millrace.client.queue;

import io.millrace.client.record.TopicPartition;
import io.millrace.v1.AssignedPartition;

/** A partition that is received from. Guarded by its owner's lock. */
final class QueueSource {
    private final int handle;
    private final AssignedPartition wire;
    private final TopicPartition partition;
    private final boolean fromFirst;
    private ReceiveStream stream;
    private long delivered;

    /**
     * @param handle its number in all streams, 1 or more
     * @param fromFirst whether the coordinator says that all of its records are the group's
     */
    QueueSource(int handle, AssignedPartition wire, boolean fromFirst) {
        this.handle = handle;
        this.wire = wire;
        this.fromFirst = fromFirst;
        this.partition = new TopicPartition(wire.getTopic(), wire.getPartition());
    }

    int handle() {
        return handle;
    }

    AssignedPartition wire() {
        return wire;
    }

    TopicPartition partition() {
        return partition;
    }

    boolean isFromFirst() {
        return fromFirst;
    }

    /** The stream that it is on; null: none. */
    ReceiveStream stream() {
        return stream;
    }

    void setStream(ReceiveStream next) {
        stream = next;
    }

    /** How many of its deliveries the user was given. */
    long delivered() {
        return delivered;
    }

    void gave() {
        delivered++;
    }
}
