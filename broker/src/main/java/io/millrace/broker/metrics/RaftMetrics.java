package io.millrace.broker.metrics;

import io.millrace.raft.RaftListener;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/** What the replicated log does. Thread-safe; recording never blocks. */
public final class RaftMetrics implements RaftListener {

    private final Counter groups;
    private final Counter entries;
    private final Counter bytes;
    private final Counter reads;
    private final Counter readBytes;
    private final Counter refusedAppends;
    private final Histogram writeLatency;
    private final Histogram forceLatency;
    private final Histogram checkpointDuration;
    private final Gauge manifestBytes;
    private final Counter checkpointFailures;
    private final Counter fatal;
    private final Counter stalls;
    private final Gauge stalled;
    private final Counter lostReplicas;

    RaftMetrics(CollectorRegistry registry) {
        groups =
                Counter.build(
                                "millrace_wal_groups",
                                "Groups of entries written to the write-ahead log, one force each.")
                        .register(registry);
        entries =
                Counter.build(
                                "millrace_wal_entries",
                                "Raft entries written to the write-ahead log, of all shards.")
                        .register(registry);
        bytes =
                Counter.build(
                                "millrace_wal_bytes",
                                "Bytes written to the write-ahead log, with headers.")
                        .register(registry);
        reads =
                Counter.build(
                                "millrace_raft_read_entries",
                                "Raft entries asked for once more, by where they were: for a follower that lags, a term, a restart.")
                        .labelNames("source")
                        .register(registry);
        readBytes =
                Counter.build(
                                "millrace_raft_read_bytes",
                                "Bytes of the Raft entries asked for once more, by where they were.")
                        .labelNames("source")
                        .register(registry);
        refusedAppends =
                Counter.build(
                                "millrace_raft_refused_appends",
                                "Appends of leaders that a replica here did not take, for want of memory or of room in the write-ahead log; they are sent again.")
                        .labelNames("shard")
                        .register(registry);
        writeLatency =
                Latency.histogram(
                                "millrace_wal_write_latency_seconds",
                                "How long the write of one group to the write-ahead log took, its force excluded.")
                        .register(registry);
        forceLatency =
                Latency.histogram(
                                "millrace_wal_fsync_latency_seconds",
                                "How long one group took to get into the write-ahead log for good: write and force.")
                        .register(registry);
        checkpointDuration =
                Latency.histogram(
                                "millrace_checkpoint_duration_seconds",
                                "From the copy of the state to the durable manifest.")
                        .register(registry);
        manifestBytes =
                Gauge.build(
                                "millrace_checkpoint_manifest_bytes",
                                "Size of the shard's last checkpoint manifest.")
                        .labelNames("shard")
                        .register(registry);
        checkpointFailures =
                Counter.build(
                                "millrace_checkpoint_failures",
                                "Checkpoints that failed; the write-ahead log grows meanwhile.")
                        .labelNames("shard")
                        .register(registry);
        fatal =
                Counter.build(
                                "millrace_raft_fatal_errors",
                                "Failures of the journal or a vote file; the broker exits after.")
                        .register(registry);
        stalls =
                Counter.build(
                                "millrace_wal_stalls",
                                "How often a write or force took longer than the election timeout.")
                        .register(registry);
        stalled =
                Gauge.build(
                                "millrace_wal_stalled",
                                "1 while a write or force hangs, and leaderships are given away; else 0.")
                        .register(registry);
        lostReplicas =
                Counter.build(
                                "millrace_raft_lost_replicas",
                                "Replicas whose part of the write-ahead log was lost; they are rebuilt.")
                        .labelNames("shard")
                        .register(registry);
    }

    @Override
    public void walForced(int entryCount, long byteCount, long writeNanos, long forceNanos) {
        groups.inc();
        entries.inc(entryCount);
        bytes.inc(byteCount);
        writeLatency.observe(Latency.seconds(writeNanos));
        forceLatency.observe(Latency.seconds(writeNanos + forceNanos));
    }

    @Override
    public void entryRead(boolean fromDisk, int byteCount) {
        String source = fromDisk ? "disk" : "memory";
        reads.labels(source).inc();
        readBytes.labels(source).inc(byteCount);
    }

    @Override
    public void appendRefused(int shard) {
        refusedAppends.labels(Integer.toString(shard)).inc();
    }

    @Override
    public void fatal(String what, Throwable cause) {
        fatal.inc();
    }

    @Override
    public void stalled(long nanos) {
        stalls.inc();
        stalled.set(1);
    }

    @Override
    public void recovered() {
        stalled.set(0);
    }

    @Override
    public void shardLost(int shard, String reason) {
        lostReplicas.labels(Integer.toString(shard)).inc();
    }

    @Override
    public void checkpointed(int shard, long index, long nanos, long size) {
        checkpointDuration.observe(Latency.seconds(nanos));
        manifestBytes.labels(Integer.toString(shard)).set(size);
    }

    @Override
    public void checkpointFailed(int shard, String reason) {
        checkpointFailures.labels(Integer.toString(shard)).inc();
    }
}
