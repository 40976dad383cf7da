package io.millrace.client.admin.group;

import io.millrace.client.subscribe.Position;

/**
 * A partition whose committed offset was moved.
 *
 * @param topic the topic's name
 * @param partition its number, counted from 0
 * @param fromOffset the committed offset before; null: nothing was committed
 * @param toOffset the committed offset after; null: nothing is committed
 */
public record SeekMove(String topic, int partition, Long fromOffset, Long toOffset) {
    /** What puts it back to where it was before. */
    public SeekTarget back() {
        return SeekTarget.partition(
                topic,
                partition,
                fromOffset == null
                        ? SeekPoint.forget()
                        : SeekPoint.at(Position.offset(fromOffset)));
    }
}
