package io.millrace.client.subscribe;

import io.millrace.client.read.ReadToken;
import io.millrace.client.record.Deserializer;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import java.util.List;

/**
 * A record in its place.
 *
 * @param topicPartition where it is
 * @param offset its offset
 * @param appendTimeMs when the broker appended it, milliseconds since 1970 UTC; never goes back in
 *     a partition
 * @param leaderEpoch the epoch of the leader that stored it
 * @param record what the publisher sent; not to be changed
 */
public record ReceivedRecord(
        TopicPartition topicPartition,
        long offset,
        long appendTimeMs,
        long leaderEpoch,
        Record record) {

    /** For reads elsewhere that are to see it and what came before. */
    public ReadToken token() {
        return ReadToken.of(topicPartition, offset + 1);
    }

    /** The topic's name. */
    public String topic() {
        return topicPartition.topic();
    }

    /** The partition, counted from 0. */
    public int partition() {
        return topicPartition.partition();
    }

    /** When it happened by the publisher's clock, milliseconds since 1970 UTC. */
    public long timestampMs() {
        return record.timestampMs();
    }

    /** The key; may be null. */
    public byte[] key() {
        return record.key();
    }

    /** The key, read by a deserializer. */
    public <T> T key(Deserializer<T> deserializer) {
        return deserializer.deserialize(record.key());
    }

    /** The key as UTF-8; null if it is null. */
    public String keyText() {
        return key(Deserializer.TEXT);
    }

    /** The value; may be null. */
    public byte[] value() {
        return record.value();
    }

    /** The value, read by a deserializer. */
    public <T> T value(Deserializer<T> deserializer) {
        return deserializer.deserialize(record.value());
    }

    /** The value as UTF-8; null if it is null. */
    public String valueText() {
        return value(Deserializer.TEXT);
    }

    /** The headers, unmodifiable. */
    public List<Header> headers() {
        return record.headers();
    }
}
