package io.millrace.perf.driver;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What to read. Everything else stays as the client has it by default.
 *
 * @param topic where from
 * @param starts the offset of the first record wanted, by partition; partitions that are not named
 *     are not read
 * @param pollRecords how many records one poll gives at most
 */
public record SubscriberSpec(String topic, SortedMap<Integer, Long> starts, int pollRecords) {
    public SubscriberSpec {
        starts = new TreeMap<>(starts);
    }
}
