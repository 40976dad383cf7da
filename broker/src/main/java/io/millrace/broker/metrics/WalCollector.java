package io.millrace.broker.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.function.LongSupplier;

/** The size of the write-ahead log, read when somebody scrapes. */
final class WalCollector extends Collector {

    private volatile Source source = new Source(() -> 0, () -> 0);

    void watch(LongSupplier usedBytes, LongSupplier capBytes) {
        source = new Source(usedBytes, capBytes);
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Source now = source;
        return List.of(
                new GaugeMetricFamily(
                        "millrace_wal_used_bytes",
                        "Bytes of the write-ahead log that cannot be recycled now.",
                        now.usedBytes.getAsLong()),
                new GaugeMetricFamily(
                        "millrace_wal_cap_bytes",
                        "Bytes that the write-ahead log may use; publishes are refused before.",
                        now.capBytes.getAsLong()));
    }

    private record Source(LongSupplier usedBytes, LongSupplier capBytes) {}
}
