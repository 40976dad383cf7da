package io.millrace.broker.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Batches, records and bytes by topic, in one direction.
 *
 * <p>Bounded: the first {@value #MAX_TOPICS} topics have series of their own, all others share one,
 * named so that no topic can be called like it.
 */
final class TopicCounters {

    static final int MAX_TOPICS = 1_000;
    static final String OTHER = "(other)";

    private final Counter batches;
    private final Counter records;
    private final Counter bytes;
    private final ConcurrentMap<String, Series> series = new ConcurrentHashMap<>();

    /**
     * @param prefix such as {@code millrace_publish}
     * @param done what was done to them, such as "acknowledged"
     */
    TopicCounters(CollectorRegistry registry, String prefix, String done) {
        batches = counter(registry, prefix + "_batches", "Record batches " + done + ".");
        records = counter(registry, prefix + "_records", "Records " + done + ".");
        bytes = counter(registry, prefix + "_bytes", "Bytes of the record batches " + done + ".");
    }

    private static Counter counter(CollectorRegistry registry, String name, String help) {
        return Counter.build(name, help).labelNames("topic").register(registry);
    }

    void count(String topic, int recordCount, long byteCount) {
        Series found = series.get(topic);
        if (found == null) {
            found = series.computeIfAbsent(label(topic), this::create);
        }
        found.batches.inc();
        found.records.inc(recordCount);
        found.bytes.inc(byteCount);
    }

    void forget(String topic) {
        if (series.remove(topic) != null) {
            batches.remove(topic);
            records.remove(topic);
            bytes.remove(topic);
        }
    }

    private String label(String topic) {
        return series.size() < MAX_TOPICS ? topic : OTHER;
    }

    private Series create(String label) {
        return new Series(batches.labels(label), records.labels(label), bytes.labels(label));
    }

    private record Series(Counter.Child batches, Counter.Child records, Counter.Child bytes) {}
}
