package io.millrace.broker.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * The groups coordinated here, read when somebody scrapes. Bounded: no more than {@value
 * #MAX_GROUPS} groups and {@value #MAX_LAGS} pairs of group and topic are listed; a metric says how
 * many groups are left out.
 */
final class GroupCollector extends Collector {

    static final int MAX_GROUPS = 1_000;
    static final int MAX_LAGS = 5_000;

    private static final double MS_PER_SECOND = 1_000;

    private volatile Supplier<? extends Collection<GroupReading>> source = List::of;

    void watch(Supplier<? extends Collection<GroupReading>> newSource) {
        source = newSource;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        GaugeMetricFamily members =
                gauge("millrace_group_members", "Members of a group coordinated here.", "group");
        GaugeMetricFamily paused =
                gauge("millrace_group_paused", "1 if somebody paused the group, else 0.", "group");
        GaugeMetricFamily partitions =
                gauge(
                        "millrace_group_partitions",
                        "Partitions of a group by what `millrace group explain` says of them.",
                        "group",
                        "verdict");
        GaugeMetricFamily records =
                gauge(
                        "millrace_group_lag_records",
                        "Records of a topic that a group has not done.",
                        "group",
                        "topic");
        GaugeMetricFamily seconds =
                gauge(
                        "millrace_group_lag_seconds",
                        "Since the oldest record of a topic was appended that a group has not done.",
                        "group",
                        "topic");
        Collection<GroupReading> readings = source.get();
        int lags = 0;
        for (GroupReading one :
                (Iterable<GroupReading>) readings.stream().limit(MAX_GROUPS)::iterator) {
            List<String> group = List.of(one.group());
            members.addMetric(group, one.members());
            paused.addMetric(group, one.paused() ? 1 : 0);
            one.verdicts()
                    .forEach(
                            (verdict, count) ->
                                    partitions.addMetric(List.of(one.group(), verdict), count));
            lags += one.lags().size();
            if (lags <= MAX_LAGS) {
                one.lags()
                        .forEach(
                                (topic, lag) -> {
                                    List<String> labels = List.of(one.group(), topic);
                                    records.addMetric(labels, lag.records());
                                    seconds.addMetric(labels, lag.ms() / MS_PER_SECOND);
                                });
            }
        }
        return List.of(
                members,
                paused,
                partitions,
                records,
                seconds,
                new GaugeMetricFamily(
                        "millrace_unlisted_groups",
                        "Groups left out of millrace_group_…, which list 1,000 at most.",
                        Math.max(0, readings.size() - MAX_GROUPS)));
    }

    private static GaugeMetricFamily gauge(String name, String help, String... labels) {
        return new GaugeMetricFamily(name, help, List.of(labels));
    }
}
