package io.millrace.broker.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * The partition logs on this broker, read when somebody scrapes. Bounded: beyond {@value
 * #MAX_PARTITIONS} partitions the rest is left out, and a metric says how many those are.
 */
final class PartitionCollector extends Collector {

    static final int MAX_PARTITIONS = 2_000;

    private static final List<String> LABELS = List.of("topic", "partition");

    private volatile Supplier<? extends Collection<PartitionReading>> source = List::of;

    void watch(Supplier<? extends Collection<PartitionReading>> newSource) {
        source = newSource;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        GaugeMetricFamily starts =
                gauge("millrace_partition_log_start_offset", "The first offset still held.");
        GaugeMetricFamily ends =
                gauge("millrace_partition_log_end_offset", "The offset of the next record.");
        GaugeMetricFamily sizes =
                gauge("millrace_partition_size_bytes", "Bytes of the partition log's segments.");
        GaugeMetricFamily segments =
                gauge("millrace_partition_segments", "Segments of the partition log.");

        Collection<PartitionReading> readings = source.get();
        readings.stream()
                .limit(MAX_PARTITIONS)
                .forEach(
                        reading -> {
                            List<String> labels =
                                    List.of(reading.topic(), Integer.toString(reading.partition()));
                            starts.addMetric(labels, reading.startOffset());
                            ends.addMetric(labels, reading.endOffset());
                            sizes.addMetric(labels, reading.sizeBytes());
                            segments.addMetric(labels, reading.segments());
                        });
        return List.of(
                starts,
                ends,
                sizes,
                segments,
                new GaugeMetricFamily(
                        "millrace_partitions",
                        "Partitions that have a replica here.",
                        readings.size()),
                new GaugeMetricFamily(
                        "millrace_unlisted_partitions",
                        "Partitions left out of millrace_partition_…, which list 2,000 at most.",
                        Math.max(0, readings.size() - MAX_PARTITIONS)));
    }

    private static GaugeMetricFamily gauge(String name, String help) {
        return new GaugeMetricFamily(name, help, LABELS);
    }
}
