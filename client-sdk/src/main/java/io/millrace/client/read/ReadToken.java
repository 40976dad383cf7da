package io.millrace.client.read;

import io.millrace.client.record.TopicPartition;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was seen: of each partition that is named, all records below an offset. Made of
 * acknowledgements and received records, joined with {@link #and}, carried elsewhere as text.
 * Immutable.
 */
public final class ReadToken {
    private static final ReadToken NONE = new ReadToken(Map.of());

    private final Map<TopicPartition, Long> offsets;

    private ReadToken(Map<TopicPartition, Long> offsets) {
        this.offsets = offsets;
    }

    /** Nothing was seen. */
    public static ReadToken none() {
        return NONE;
    }

    /**
     * Of one partition.
     *
     * @param offset all records below it were seen, 0 or more
     */
    public static ReadToken of(TopicPartition partition, long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset is " + offset + "; it must be 0 or more");
        }
        return new ReadToken(Map.of(partition, offset));
    }

    /**
     * Reads what {@link #toString} has written: {@code topic/partition:offset}, with commas
     * between.
     *
     * @throws IllegalArgumentException naming the part that is wrong
     */
    public static ReadToken parse(String text) {
        ReadToken token = NONE;
        if (text.isEmpty()) {
            return token;
        }
        for (String part : text.split(",", -1)) {
            int slash = part.lastIndexOf('/');
            int colon = part.lastIndexOf(':');
            if (slash <= 0
                    || colon < slash
                    || !part.substring(slash + 1, colon).matches("\\d{1,9}")
                    || !part.substring(colon + 1).matches("\\d{1,18}")) {
                throw new IllegalArgumentException(
                        "\"" + part + "\" is not TOPIC/PARTITION:OFFSET, such as orders/0:42");
            }
            token =
                    token.and(
                            of(
                                    new TopicPartition(
                                            part.substring(0, slash),
                                            Integer.parseInt(part.substring(slash + 1, colon))),
                                    Long.parseLong(part.substring(colon + 1))));
        }
        return token;
    }

    /** What was seen here or there. */
    public ReadToken and(ReadToken other) {
        Map<TopicPartition, Long> all = new TreeMap<>(offsets);
        other.offsets.forEach((partition, offset) -> all.merge(partition, offset, Math::max));
        return new ReadToken(all);
    }

    /** All records of the partition below this offset were seen; 0 if none was. */
    public long offset(TopicPartition partition) {
        return offsets.getOrDefault(partition, 0L);
    }

    /** Of one topic: the partitions that are named, each with its offset. */
    public Map<Integer, Long> partitions(String topic) {
        Map<Integer, Long> partitions = new TreeMap<>();
        offsets.forEach(
                (partition, offset) -> {
                    if (partition.topic().equals(topic)) {
                        partitions.put(partition.partition(), offset);
                    }
                });
        return partitions;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReadToken that && offsets.equals(that.offsets);
    }

    @Override
    public int hashCode() {
        return offsets.hashCode();
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(offsets)
                .forEach(
                        (partition, offset) ->
                                text.append(text.isEmpty() ? "" : ",")
                                        .append(partition)
                                        .append(':')
                                        .append(offset));
        return text.toString();
    }
}
