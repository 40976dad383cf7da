package io.millrace.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.ShardStatus;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerMetricsTest {

    @TempDir Path directory;

    private BrokerMetrics metrics;

    @BeforeEach
    void happen() {
        metrics = BusyBroker.metrics(directory);
    }

    @Test
    void shouldCountWhatPublishersDo() {
        metrics.publish().acknowledged("quakes", 5, 500, 30_000_000, false);

        assertThat(value("millrace_publish_batches_total", "topic", "quakes")).isEqualTo(2);
        assertThat(value("millrace_publish_records_total", "topic", "quakes")).isEqualTo(15);
        assertThat(value("millrace_publish_bytes_total", "topic", "quakes")).isEqualTo(1_500);
        assertThat(value("millrace_publish_refusals_total", "reason", "DISK_FULL")).isEqualTo(1);
        assertThat(value("millrace_publish_ack_latency_seconds_sum")).isEqualTo(0.033);
        assertThat(value("millrace_publish_ack_latency_seconds_bucket", "le", "0.0025"))
                .isEqualTo(2);
        assertThat(value("millrace_publish_duplicate_batches_total")).isEqualTo(1);
    }

    @Test
    void shouldCountWhatTheJournalDoes() {
        assertThat(value("millrace_wal_groups_total")).isEqualTo(1);
        assertThat(value("millrace_wal_entries_total")).isEqualTo(3);
        assertThat(value("millrace_wal_bytes_total")).isEqualTo(4_096);
        assertThat(value("millrace_wal_write_latency_seconds_sum")).isEqualTo(0.0001);
        assertThat(value("millrace_wal_fsync_latency_seconds_sum")).isEqualTo(0.0005);
        assertThat(value("millrace_wal_used_bytes")).isEqualTo(1_000);
        assertThat(value("millrace_wal_cap_bytes")).isEqualTo(5_000);
        assertThat(value("millrace_raft_refused_appends_total", "shard", "3")).isEqualTo(1);
        assertThat(value("millrace_raft_read_entries_total", "source", "disk")).isEqualTo(1);
        assertThat(value("millrace_raft_read_bytes_total", "source", "disk")).isEqualTo(70_000);
        assertThat(value("millrace_raft_read_entries_total", "source", "memory")).isEqualTo(2);
        assertThat(value("millrace_raft_read_bytes_total", "source", "memory")).isEqualTo(700);
        assertThat(value("millrace_checkpoint_failures_total", "shard", "1")).isEqualTo(1);
        assertThat(value("millrace_checkpoint_manifest_bytes", "shard", "1")).isEqualTo(700);
    }

    @Test
    void shouldReadTheShardsWhenScraped() {
        metrics.watchShards(
                () ->
                        List.of(
                                new BusyBroker.FixedShard(
                                        BusyBroker.status(
                                                3, ShardStatus.Role.CANDIDATE, 0, 90, 60))));

        assertThat(value("millrace_raft_role", "shard", "3", "role", "candidate")).isEqualTo(1);
        assertThat(value("millrace_raft_role", "shard", "3", "role", "leader")).isZero();
        assertThat(value("millrace_raft_apply_lag_entries", "shard", "3")).isEqualTo(30);
        assertThat(value("millrace_raft_log_entries", "shard", "3")).isEqualTo(50);
        assertThat(value("millrace_raft_leaderless_shards")).isEqualTo(1);
        assertThat(value("millrace_raft_term", "shard", "0")).isNull();
    }

    @Test
    void shouldTellTheDisk() {
        assertThat(value("millrace_disk_free_bytes")).isPositive();
        assertThat(value("millrace_disk_total_bytes"))
                .isGreaterThanOrEqualTo(value("millrace_disk_free_bytes"));
        assertThat(value("millrace_disk_reserve_bytes")).isEqualTo(600);
    }

    @Test
    void shouldShowADiskThatIsGoneInsteadOfFailing() {
        metrics.watchDisk(directory.resolve("gone"), () -> 600);

        assertThat(value("millrace_disk_free_bytes")).isNaN();
    }

    @Test
    void shouldKeepBrokersOfOneProcessApart() {
        BrokerMetrics other = new BrokerMetrics("1.2.3");
        other.publish().acknowledged("quakes", 1, 1, 1, false);

        assertThat(value("millrace_publish_batches_total", "topic", "quakes")).isEqualTo(1);
        assertThat(other.registry().getSampleValue("millrace_wal_groups_total")).isZero();
    }

    @Test
    void shouldForgetATopic() {
        metrics.forgetTopic("quakes");

        assertThat(value("millrace_publish_batches_total", "topic", "quakes")).isNull();
        assertThat(value("millrace_subscribe_bytes_total", "topic", "quakes")).isNull();
    }

    @Test
    void shouldBoundTheNumberOfTopicSeries() {
        CollectorRegistry registry = new CollectorRegistry();
        TopicCounters counters = new TopicCounters(registry, "test", "seen");
        int topics = TopicCounters.MAX_TOPICS + 50;
        IntStream.range(0, topics).forEach(i -> counters.count("topic-" + i, 1, 1));

        assertThat(series(registry, "test_records_total")).isEqualTo(TopicCounters.MAX_TOPICS + 1);
        assertThat(
                        registry.getSampleValue(
                                "test_records_total",
                                new String[] {"topic"},
                                new String[] {TopicCounters.OTHER}))
                .isEqualTo(50);
    }

    @Test
    void shouldSayHowManyPartitionsAreLeftOut() {
        int partitions = PartitionCollector.MAX_PARTITIONS + 7;
        metrics.watchPartitions(
                () ->
                        IntStream.range(0, partitions)
                                .mapToObj(i -> new PartitionReading("quakes", i, 0, i, 1, 1))
                                .toList());

        assertThat(series(metrics.registry(), "millrace_partition_log_end_offset"))
                .isEqualTo(PartitionCollector.MAX_PARTITIONS);
        assertThat(value("millrace_partitions")).isEqualTo(partitions);
        assertThat(value("millrace_unlisted_partitions")).isEqualTo(7);
    }

    @Test
    void shouldTellHowGroupsStand() {
        assertThat(value("millrace_group_members", "group", "billing")).isEqualTo(2);
        assertThat(value("millrace_group_paused", "group", "billing")).isEqualTo(1);
        assertThat(value("millrace_group_partitions", "group", "billing", "verdict", "paused"))
                .isEqualTo(4);
        assertThat(value("millrace_group_lag_records", "group", "billing", "topic", "quakes"))
                .isEqualTo(60);
        assertThat(value("millrace_group_lag_seconds", "group", "billing", "topic", "quakes"))
                .isEqualTo(7.5);
        assertThat(value("millrace_group_commits_total", "group", "billing")).isEqualTo(3);

        metrics.forgetGroup("billing");
        assertThat(value("millrace_group_commits_total", "group", "billing")).isNull();
    }

    @Test
    void shouldSayHowManyGroupsAreLeftOut() {
        metrics.watchGroups(
                () ->
                        IntStream.range(0, GroupCollector.MAX_GROUPS + 7)
                                .mapToObj(
                                        i ->
                                                new GroupReading(
                                                        "g" + i, 1, false, Map.of(), Map.of()))
                                .toList());
        assertThat(series(metrics.registry(), "millrace_group_members"))
                .isEqualTo(GroupCollector.MAX_GROUPS);
        assertThat(value("millrace_unlisted_groups")).isEqualTo(7);
    }

    private Double value(String name, String... labels) {
        String[] names = new String[labels.length / 2];
        String[] values = new String[labels.length / 2];
        for (int i = 0; i < names.length; i++) {
            names[i] = labels[2 * i];
            values[i] = labels[2 * i + 1];
        }
        return metrics.registry().getSampleValue(name, names, values);
    }

    private static long series(CollectorRegistry registry, String sample) {
        return Collections.list(registry.metricFamilySamples()).stream()
                .flatMap(family -> family.samples.stream())
                .filter(found -> found.name.equals(sample))
                .count();
    }
}
