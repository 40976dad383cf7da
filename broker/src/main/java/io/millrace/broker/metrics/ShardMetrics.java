package io.millrace.broker.metrics;

import io.millrace.broker.shard.ShardCounters;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;

/** What the data shards do with batches. Thread-safe; recording never blocks. */
public final class ShardMetrics implements ShardCounters {

    private final Counter entries;
    private final Counter batches;
    private final Counter duplicates;
    private final Counter unreadable;
    private final Counter leadershipChanges;

    ShardMetrics(CollectorRegistry registry) {
        entries =
                Counter.build(
                                "millrace_shard_proposed_entries",
                                "Raft entries proposed with batches of publishers in them.")
                        .register(registry);
        batches =
                Counter.build(
                                "millrace_shard_proposed_batches",
                                "Batches in those entries: more than one when they waited together.")
                        .register(registry);
        duplicates =
                Counter.build(
                                "millrace_shard_duplicate_batches",
                                "Batches sent again that had been stored before.")
                        .register(registry);
        unreadable =
                Counter.build(
                                "millrace_shard_unreadable_entries",
                                "Raft entries skipped because this version does not know them.")
                        .register(registry);
        leadershipChanges =
                Counter.build(
                                "millrace_shard_leadership_changes",
                                "How often this broker began or ceased to lead a data shard.")
                        .register(registry);
    }

    @Override
    public void proposed(int batchCount, long bytes) {
        entries.inc();
        batches.inc(batchCount);
    }

    @Override
    public void duplicate() {
        duplicates.inc();
    }

    /** This broker began or ceased to lead a shard. */
    public void leadershipChanged() {
        leadershipChanges.inc();
    }

    @Override
    public void unreadableEntry() {
        unreadable.inc();
    }
}
