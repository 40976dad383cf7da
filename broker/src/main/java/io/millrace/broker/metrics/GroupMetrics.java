package io.millrace.broker.metrics;

import io.millrace.broker.coordinator.CoordinationListener;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What becomes of the groups coordinated here. Thread-safe; recording never blocks.
 *
 * <p>Bounded: the first {@value #MAX_GROUPS} groups have series of their own, all others share one.
 */
public final class GroupMetrics implements CoordinationListener {

    static final int MAX_GROUPS = 1_000;

    private final Counter rebalances;
    private final Counter expired;
    private final Counter forced;
    private final Counter committed;
    private final ConcurrentMap<String, Series> series = new ConcurrentHashMap<>();

    GroupMetrics(CollectorRegistry registry) {
        rebalances =
                counter(
                        registry,
                        "rebalances",
                        "Times that members of a group coordinated here were given partitions or"
                                + " told to give some up.");
        expired =
                counter(
                        registry,
                        "expired_members",
                        "Members that were silent for longer than their leases.");
        forced =
                counter(
                        registry,
                        "forced_releases",
                        "Partitions taken away that were not given up in time.");
        committed =
                counter(
                        registry,
                        "commits",
                        "Offsets committed, one for each partition in a commit.");
    }

    private static Counter counter(CollectorRegistry registry, String what, String help) {
        return Counter.build("millrace_group_" + what, help).labelNames("group").register(registry);
    }

    @Override
    public void rebalanced(String group) {
        of(group).rebalances.inc();
    }

    @Override
    public void expired(String group, int members) {
        of(group).expired.inc(members);
    }

    @Override
    public void forced(String group, int partitions) {
        of(group).forced.inc(partitions);
    }

    @Override
    public void committed(String group, int offsets) {
        of(group).committed.inc(offsets);
    }

    /** A group is gone. */
    void forget(String group) {
        if (series.remove(group) != null) {
            List.of(rebalances, expired, forced, committed).forEach(all -> all.remove(group));
        }
    }

    private Series of(String group) {
        Series found = series.get(group);
        if (found != null) {
            return found;
        }
        String label = series.size() < MAX_GROUPS ? group : TopicCounters.OTHER;
        return series.computeIfAbsent(
                label,
                name ->
                        new Series(
                                rebalances.labels(name),
                                expired.labels(name),
                                forced.labels(name),
                                committed.labels(name)));
    }

    private record Series(
            Counter.Child rebalances,
            Counter.Child expired,
            Counter.Child forced,
            Counter.Child committed) {}
}
