package io.millrace.broker.receiving;

import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.queue.DeadLetterWish;
import io.millrace.protocol.batch.Record;

/**
 * A record that a group has given up.
 *
 * @param group the group
 * @param topic the record's topic, by name
 * @param topicId the topic's id
 * @param partition the record's partition, counted from 0
 * @param wish its offset, why it is given up, how often it was delivered, the last words about it
 * @param record as it was published
 */
public record DeadLetter(
        GroupImage group,
        String topic,
        long topicId,
        int partition,
        DeadLetterWish wish,
        Record record) {}
