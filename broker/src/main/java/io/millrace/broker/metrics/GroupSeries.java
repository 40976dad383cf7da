package io.millrace.broker.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Counters with a series for each group; all of a group begin together, at 0. Bounded: the first
 * {@value #MAX_GROUPS} groups have series of their own, all others share one. Thread-safe; counting
 * never blocks.
 *
 * @param <K> what is counted
 */
final class GroupSeries<K extends Enum<K>> {

    static final int MAX_GROUPS = 1_000;

    private final Class<K> kind;
    private final Map<K, Counter> counters;
    private final ConcurrentMap<String, Map<K, Counter.Child>> series = new ConcurrentHashMap<>();

    GroupSeries(Class<K> kind) {
        this.kind = kind;
        this.counters = new EnumMap<>(kind);
    }

    /** Adds a counter; to be done before anything is counted. */
    GroupSeries<K> with(K what, String name, String help, CollectorRegistry registry) {
        counters.put(what, Counter.build(name, help).labelNames("group").register(registry));
        return this;
    }

    /** Counts so many more. */
    void add(K what, String group, long count) {
        of(group).get(what).inc(count);
    }

    /** A group is gone. */
    void forget(String group) {
        if (series.remove(group) != null) {
            counters.values().forEach(counter -> counter.remove(group));
        }
    }

    private Map<K, Counter.Child> of(String group) {
        Map<K, Counter.Child> found = series.get(group);
        if (found != null) {
            return found;
        }
        String label = series.size() < MAX_GROUPS ? group : TopicCounters.OTHER;
        return series.computeIfAbsent(label, this::begin);
    }

    private Map<K, Counter.Child> begin(String label) {
        Map<K, Counter.Child> begun = new EnumMap<>(kind);
        counters.forEach((what, counter) -> begun.put(what, counter.labels(label)));
        return begun;
    }
}
