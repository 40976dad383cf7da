package io.millrace.broker.metrics;

import io.millrace.broker.health.Degradation;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the broker cannot do at the moment, read when somebody scrapes. */
final class DegradationCollector extends Collector {

    private volatile Supplier<? extends Collection<Degradation>> source = List::of;

    void watch(Supplier<? extends Collection<Degradation>> newSource) {
        source = newSource;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Set<Degradation.State> now =
                source.get().stream().map(Degradation::state).collect(Collectors.toSet());
        GaugeMetricFamily family =
                new GaugeMetricFamily(
                        "millrace_broker_degraded",
                        "1 for the states in which the broker does less than it should, else 0.",
                        List.of("state"));
        for (Degradation.State state : Degradation.State.values()) {
            family.addMetric(
                    List.of(state.name().toLowerCase(Locale.ROOT)), now.contains(state) ? 1 : 0);
        }
        return List.of(family);
    }
}
