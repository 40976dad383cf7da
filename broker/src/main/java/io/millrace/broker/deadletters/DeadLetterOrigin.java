package io.millrace.broker.deadletters;

/**
 * Where a record is that was given up.
 *
 * @param topic its topic's name
 * @param topicId its topic's id
 * @param partition its partition, from 0
 * @param offset its offset
 */
public record DeadLetterOrigin(String topic, long topicId, int partition, long offset) {

    @Override
    public String toString() {
        return "record " + offset + " of " + topic + "/" + partition;
    }
}
