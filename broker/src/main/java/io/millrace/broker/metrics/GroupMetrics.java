package io.millrace.broker.metrics;

import io.millrace.broker.coordinator.CoordinationListener;
import io.prometheus.client.CollectorRegistry;

/** What becomes of the groups coordinated here. Thread-safe; recording never blocks. */
public final class GroupMetrics implements CoordinationListener {

    private enum Count {
        REBALANCES,
        EXPIRED,
        FORCED,
        COMMITS
    }

    private final GroupSeries<Count> series;

    GroupMetrics(CollectorRegistry registry) {
        series =
                new GroupSeries<>(Count.class)
                        .with(
                                Count.REBALANCES,
                                "millrace_group_rebalances",
                                "Times that members of a group coordinated here were given"
                                        + " partitions or told to give some up.",
                                registry)
                        .with(
                                Count.EXPIRED,
                                "millrace_group_expired_members",
                                "Members that were silent for longer than their leases.",
                                registry)
                        .with(
                                Count.FORCED,
                                "millrace_group_forced_releases",
                                "Partitions taken away that were not given up in time.",
                                registry)
                        .with(
                                Count.COMMITS,
                                "millrace_group_commits",
                                "Offsets committed, one for each partition in a commit.",
                                registry);
    }

    @Override
    public void rebalanced(String group) {
        series.add(Count.REBALANCES, group, 1);
    }

    @Override
    public void expired(String group, int members) {
        series.add(Count.EXPIRED, group, members);
    }

    @Override
    public void forced(String group, int partitions) {
        series.add(Count.FORCED, group, partitions);
    }

    @Override
    public void committed(String group, int offsets) {
        series.add(Count.COMMITS, group, offsets);
    }

    /** A group is gone. */
    void forget(String group) {
        series.forget(group);
    }
}
