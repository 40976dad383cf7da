package io.millrace.tests.history;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong: all of it counted, the first of each kind kept. */
final class Findings {

    private static final int KEPT = 10;

    private final Map<Anomaly, Long> counts = new EnumMap<>(Anomaly.class);
    private final Map<Anomaly, List<Finding>> first = new EnumMap<>(Anomaly.class);

    void add(
            Anomaly anomaly,
            int partition,
            long offset,
            long value,
            long time,
            String format,
            Object... arguments) {
        counts.merge(anomaly, 1L, Long::sum);
        List<Finding> kept = first.computeIfAbsent(anomaly, key -> new ArrayList<>());
        if (kept.size() < KEPT) {
            kept.add(
                    new Finding(
                            anomaly, partition, offset, value, time, format.formatted(arguments)));
        }
    }

    Map<Anomaly, Long> counts() {
        return counts;
    }

    List<Finding> first(Anomaly anomaly) {
        return first.getOrDefault(anomaly, List.of());
    }
}
