package io.millrace.broker.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/** The disk that holds the data directory, read when somebody scrapes. */
final class DiskCollector extends Collector {

    private volatile Source source;

    void watch(Path directory, LongSupplier reserveBytes) {
        source = new Source(directory, reserveBytes);
    }

    @Override
    public List<MetricFamilySamples> collect() {
        GaugeMetricFamily total =
                gauge("millrace_disk_total_bytes", "Size of the disk with the data directory.");
        GaugeMetricFamily free =
                gauge(
                        "millrace_disk_free_bytes",
                        "Bytes that the broker may still write there; NaN if it cannot be told.");
        GaugeMetricFamily reserve =
                gauge(
                        "millrace_disk_reserve_bytes",
                        "Free bytes below which publishes are refused.");
        Source now = source;
        if (now != null) {
            reserve.addMetric(List.of(), now.reserveBytes.getAsLong());
            try {
                FileStore store = Files.getFileStore(now.directory);
                total.addMetric(List.of(), store.getTotalSpace());
                free.addMetric(List.of(), store.getUsableSpace());
            } catch (IOException e) {
                // A disk that is gone must show in the scrape, not break it.
                free.addMetric(List.of(), Double.NaN);
            }
        }
        return List.of(total, free, reserve);
    }

    private static GaugeMetricFamily gauge(String name, String help) {
        return new GaugeMetricFamily(name, help, List.of());
    }

    private record Source(Path directory, LongSupplier reserveBytes) {}
}
