package io.millrace.client.publish;

import io.millrace.client.record.Serializer;
import io.millrace.protocol.batch.Header;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A record on its way to a topic. Immutable, but key and value are not copied: leave the arrays
 * alone once they are in.
 */
public final class OutgoingRecord {
    /** Names the header that {@link Builder#deliverAt} adds. */
    public static final String DELIVER_AT_HEADER = "millrace-deliver-at";

    private static final int UNSET = -1;

    private final String topic;
    private final int partition;
    private final long timestampMs;
    private final byte[] key;
    private final byte[] value;
    private final List<Header> headers;

    private OutgoingRecord(Builder builder) {
        topic = builder.topic;
        partition = builder.partition;
        timestampMs = builder.timestampMs;
        key = builder.key;
        value = builder.value;
        headers = List.copyOf(builder.allHeaders());
    }

    /** A record with key and value as UTF-8; each may be null. */
    public static OutgoingRecord of(String topic, String key, String value) {
        return to(topic).key(key).value(value).build();
    }

    /** A record with key and value as they are; each may be null. */
    public static OutgoingRecord of(String topic, byte[] key, byte[] value) {
        return to(topic).key(key).value(value).build();
    }

    /** Starts a record for a topic. */
    public static Builder to(String topic) {
        return new Builder(topic);
    }

    /** The topic's name. */
    public String topic() {
        return topic;
    }

    /** The partition it must go to; empty: by its key, or any. */
    public OptionalInt partition() {
        return partition == UNSET ? OptionalInt.empty() : OptionalInt.of(partition);
    }

    /** When it happened, milliseconds since 1970 UTC; empty: when it is published. */
    public OptionalLong timestampMs() {
        return timestampMs == UNSET ? OptionalLong.empty() : OptionalLong.of(timestampMs);
    }

    /** The key; may be null. */
    public byte[] key() {
        return key;
    }

    /** The value; may be null. */
    public byte[] value() {
        return value;
    }

    /** The headers, unmodifiable. */
    public List<Header> headers() {
        return headers;
    }

    /** Collects the parts of a record. */
    public static final class Builder {
        private final String topic;
        private int partition = UNSET;
        private long timestampMs = UNSET;
        private byte[] key;
        private byte[] value;
        private List<Header> headers = List.of();
        private Instant deliverAt;

        private Builder(String topic) {
            this.topic = topic;
        }

        /** Sends it to this partition, whatever the key. */
        public Builder partition(int number) {
            if (number < 0) {
                throw new IllegalArgumentException(
                        "partition is " + number + "; partitions are counted from 0");
            }
            partition = number;
            return this;
        }

        /** When it happened, milliseconds since 1970 UTC, 0 or more. */
        public Builder timestampMs(long milliseconds) {
            if (milliseconds < 0) {
                throw new IllegalArgumentException(
                        "timestampMs is " + milliseconds + "; it must be 0 or more");
            }
            timestampMs = milliseconds;
            return this;
        }

        /** Records of one key go to one partition, in order. Null: any partition. */
        public Builder key(byte[] bytes) {
            key = bytes;
            return this;
        }

        /** The key as UTF-8. */
        public Builder key(String text) {
            return key(text, Serializer.TEXT);
        }

        /** The key in a format of your own. */
        public <T> Builder key(T object, Serializer<? super T> serializer) {
            return key(serializer.serialize(object));
        }

        /** The value. */
        public Builder value(byte[] bytes) {
            value = bytes;
            return this;
        }

        /** The value as UTF-8. */
        public Builder value(String text) {
            return value(text, Serializer.TEXT);
        }

        /** The value in a format of your own. */
        public <T> Builder value(T object, Serializer<? super T> serializer) {
            return value(serializer.serialize(object));
        }

        /** Adds a header. */
        public Builder header(Header header) {
            if (headers.isEmpty()) {
                headers = new ArrayList<>();
            }
            headers.add(header);
            return this;
        }

        /** Adds a header whose value is text, as UTF-8. */
        public Builder header(String name, String text) {
            return header(Header.ofText(name, text));
        }

        /**
         * Not to be delivered before this moment, rounded down to milliseconds; one that is over
         * means at once. Honoured by groups in queue mode only: all other subscribers get the
         * record as soon as it is published. It travels as the header {@value
         * OutgoingRecord#DELIVER_AT_HEADER}, as milliseconds since 1970 UTC in decimal.
         *
         * @throws IllegalArgumentException if it lies before 1970, or after what milliseconds reach
         */
        public Builder deliverAt(Instant moment) {
            if (moment.isBefore(Instant.EPOCH)
                    || moment.isAfter(Instant.ofEpochMilli(Long.MAX_VALUE))) {
                throw new IllegalArgumentException(
                        "deliverAt is " + moment + "; it must lie between 1970 and year 292278994");
            }
            deliverAt = moment;
            return this;
        }

        /** The record. */
        public OutgoingRecord build() {
            return new OutgoingRecord(this);
        }

        private List<Header> allHeaders() {
            if (deliverAt == null) {
                return headers;
            }
            List<Header> all = new ArrayList<>(headers);
            String milliseconds = Long.toString(deliverAt.toEpochMilli());
            all.add(Header.ofText(DELIVER_AT_HEADER, milliseconds));
            return all;
        }
    }
}
