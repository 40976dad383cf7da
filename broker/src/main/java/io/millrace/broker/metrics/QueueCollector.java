package io.millrace.broker.metrics;

import io.millrace.broker.receiving.QueueReading;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * How the queues stand that are led here, by group, read when somebody scrapes. Bounded: no more
 * than {@value GroupSeries#MAX_GROUPS} groups are listed, those whose breaker is open first.
 */
final class QueueCollector extends Collector {

    private volatile Supplier<? extends Collection<QueueReading>> source = List::of;

    void watch(Supplier<? extends Collection<QueueReading>> newSource) {
        source = newSource;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        List<QueueReading> readings =
                source.get().stream()
                        .sorted((a, b) -> Integer.compare(b.breakersOpen(), a.breakersOpen()))
                        .limit(GroupSeries.MAX_GROUPS)
                        .toList();
        return List.of(
                gauge(
                        "millrace_queue_in_delivery_records",
                        "Records of queues led here that members have and have not settled.",
                        readings,
                        QueueReading::inDelivery),
                gauge(
                        "millrace_queue_ready_records",
                        "Records of queues led here, read ahead, that wait for a member.",
                        readings,
                        QueueReading::ready),
                gauge(
                        "millrace_queue_blocked_records",
                        "Records of queues led here that wait for one before them of their key.",
                        readings,
                        QueueReading::blocked),
                gauge(
                        "millrace_queue_delayed_records",
                        "Records of queues led here for later: given back with a delay, or published so.",
                        readings,
                        QueueReading::delayed),
                gauge(
                        "millrace_queue_not_copied_records",
                        "Records of queues led here that are given up and cannot be copied to the dead letters.",
                        readings,
                        QueueReading::notCopied),
                gauge(
                        "millrace_queue_breaker_open_partitions",
                        "Partitions led here of which a queue has stopped: too much was given up.",
                        readings,
                        QueueReading::breakersOpen));
    }

    private static GaugeMetricFamily gauge(
            String name,
            String help,
            List<QueueReading> readings,
            ToIntFunction<QueueReading> value) {
        GaugeMetricFamily family = new GaugeMetricFamily(name, help, List.of("group"));
        for (QueueReading reading : readings) {
            family.addMetric(List.of(reading.group()), value.applyAsInt(reading));
        }
        return family;
    }
}
