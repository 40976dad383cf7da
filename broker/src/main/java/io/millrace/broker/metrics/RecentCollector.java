package io.millrace.broker.metrics;

import io.millrace.broker.partition.RecentMemory;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;

/** What partition logs hold in memory for those who follow them, read when somebody scrapes. */
final class RecentCollector extends Collector {

    private volatile RecentMemory memory = new RecentMemory(0);

    void watch(RecentMemory newMemory) {
        memory = newMemory;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        RecentMemory now = memory;
        CounterMetricFamily reads =
                new CounterMetricFamily(
                        "millrace_subscribe_read_batches",
                        "Record batches that were read for subscribers, from memory, where they"
                                + " stay for a second, or from the log.",
                        List.of("from"));
        reads.addMetric(List.of("memory"), now.batchesFromMemory());
        reads.addMetric(List.of("log"), now.batchesFromLog());
        return List.of(
                reads,
                new GaugeMetricFamily(
                        "millrace_subscribe_recent_bytes",
                        "Heap taken by record batches that stay in memory for subscribers.",
                        now.bytes()));
    }
}
