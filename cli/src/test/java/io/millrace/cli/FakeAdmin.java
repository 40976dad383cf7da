package io.millrace.cli;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterConfig;
import io.millrace.client.admin.ClusterPlan;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.DeletedTopic;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.PartitionInfo;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.admin.TopicInfo;
import io.millrace.client.admin.TrimPoint;
import io.millrace.client.admin.TrimmedPartition;
import io.millrace.client.read.Consistency;
import io.millrace.client.subscribe.Position;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A cluster's topics in memory, each partition with a start and an end. */
public final class FakeAdmin implements Admin {
    /** When all topics are created. */
    public static final long CREATED = 1_795_341_600_000L;

    private final Map<String, TopicInfo> topics;
    private final Map<String, long[][]> ranges;
    private final boolean planned;
    private final Membership membership;
    private final FakeGroups groups;

    /** An empty cluster. */
    public FakeAdmin() {
        this(new TreeMap<>(), new HashMap<>(), new Membership(), new FakeGroups(), false);
    }

    private FakeAdmin(
            final Map<String, TopicInfo> topics,
            final Map<String, long[][]> ranges,
            final Membership membership,
            final FakeGroups groups,
            final boolean planned) {
        this.topics = topics;
        this.ranges = ranges;
        this.membership = membership;
        this.groups = groups;
        this.planned = planned;
    }

    /** Gives a partition its start and end. */
    public void put(final String topic, final int partition, final long start, final long end) {
        ranges.get(topic)[partition] = new long[] {start, end};
    }

    /** Sets what the cluster says of itself. */
    public void put(final ClusterStatus other) {
        membership.status = other;
    }

    /** The names of all topics. */
    public Collection<String> names() {
        return topics.keySet();
    }

    @Override
    public Admin plan() {
        return new FakeAdmin(topics, ranges, membership, groups, true);
    }

    @Override
    public TopicInfo createTopic(final NewTopic it) {
        if (topics.containsKey(it.name())) {
            throw MillraceException.of(ErrorCode.TOPIC_EXISTS, "topic " + it.name() + " exists");
        }
        final int partitions = Math.max(1, it.partitions());
        final TopicInfo topic =
                new TopicInfo(
                        it.name(),
                        topics.size() + 1L,
                        partitions,
                        Math.max(1, it.replicas()),
                        it.config(),
                        CREATED);
        if (!planned) {
            topics.put(it.name(), topic);
            ranges.put(it.name(), new long[partitions][2]);
        }
        return topic;
    }

    @Override
    public List<TopicInfo> listTopics() {
        return List.copyOf(topics.values());
    }

    @Override
    public TopicDescription describeTopic(final String name) {
        final TopicInfo topic = topic(name);
        final List<PartitionInfo> partitions = new ArrayList<>();
        for (int i = 0; i < topic.partitions(); i++) {
            final long[] range = ranges.get(name)[i];
            partitions.add(
                    new PartitionInfo(i, i + 1L, 1, i == 0 ? 0 : 1, 3, range[0], range[1], 100, 1));
        }
        final Map<String, String> config = new HashMap<>(Map.of("max.batch.bytes", "1048576"));
        config.putAll(topic.config());
        return new TopicDescription(topic, partitions, config);
    }

    @Override
    public TopicInfo setTopic(
            final String name, final Map<String, String> config, final Collection<String> reset) {
        final Map<String, String> settings = new HashMap<>(topic(name).config());
        settings.putAll(config);
        settings.keySet().removeAll(reset);
        return replace(name, topic(name).partitions(), settings);
    }

    @Override
    public TopicInfo growTopic(final String name, final int partitionCount) {
        return replace(name, partitionCount, topic(name).config());
    }

    @Override
    public List<TrimmedPartition> trimTopic(
            final String name, final Collection<Integer> partitions, final TrimPoint before) {
        final List<TrimmedPartition> trimmed = new ArrayList<>();
        for (int i = 0; i < topic(name).partitions(); i++) {
            if (partitions.isEmpty() || partitions.contains(i)) {
                final long[] range = ranges.get(name)[i];
                final long start =
                        before instanceof TrimPoint.BeforeOffset at
                                ? Math.max(range[0], at.offset())
                                : before instanceof TrimPoint.Everything ? range[1] : range[0];
                trimmed.add(new TrimmedPartition(i, range[0], start));
                if (!planned) {
                    range[0] = start;
                }
            }
        }
        return trimmed;
    }

    @Override
    public DeletedTopic deleteTopic(final String name) {
        return deleteTopic(name, topic(name).topicId());
    }

    @Override
    public DeletedTopic deleteTopic(final String name, final long topicId) {
        final TopicInfo topic = topic(name);
        long count = 0;
        for (final long[] range : ranges.get(name)) {
            count += range[1] - range[0];
        }
        if (topic.topicId() != topicId) {
            throw MillraceException.of(ErrorCode.TOPIC_RECREATED, "topic " + name + " is another");
        }
        if (!planned) {
            topics.remove(name);
        }
        return new DeletedTopic(topic, count);
    }

    @Override
    public List<FoundOffset> findOffsets(
            final String name,
            final Collection<Integer> partitions,
            final Position position,
            final Consistency consistency) {
        final List<FoundOffset> found = new ArrayList<>();
        for (int i = 0; i < topic(name).partitions(); i++) {
            if (partitions.isEmpty() || partitions.contains(i)) {
                final long[] range = ranges.get(name)[i];
                found.add(new FoundOffset(i, range[position == Position.latest() ? 1 : 0], 3));
            }
        }
        return found;
    }

    @Override
    public FakeGroups groups() {
        return planned ? groups.plan() : groups;
    }

    @Override
    public ClusterStatus clusterStatus() {
        return membership.status;
    }

    /** What changes of the cluster answer, and how the cluster is after them. */
    public void put(final ClusterPlan plan, final ClusterStatus after) {
        membership.plan = plan;
        membership.after = after;
    }

    /** The changes that were made, not only planned. */
    public List<ClusterChange> changes() {
        return membership.changes;
    }

    @Override
    public ClusterPlan changeCluster(final ClusterChange change, final boolean force) {
        if (!planned) {
            membership.changes.add(change);
            membership.status = membership.after;
        }
        return membership.plan;
    }

    @Override
    public ClusterConfig setClusterConfig(
            final Map<String, String> config, final Collection<String> reset) {
        final Map<String, String> now = new TreeMap<>(membership.config);
        now.putAll(config);
        now.keySet().removeAll(reset);
        if (!planned) {
            membership.config = now;
        }
        final Map<String, String> effective = new TreeMap<>(Map.of("pull.rate", "64M"));
        effective.putAll(now);
        return new ClusterConfig(now, effective);
    }

    private static final class Membership {
        private final List<ClusterChange> changes = new ArrayList<>();
        private ClusterStatus status;
        private ClusterStatus after;
        private ClusterPlan plan;
        private Map<String, String> config = Map.of();
    }

    private TopicInfo topic(final String name) {
        final TopicInfo topic = topics.get(name);
        if (topic == null) {
            throw MillraceException.of(
                    ErrorCode.UNKNOWN_TOPIC, "there is no topic " + name + "; create it");
        }
        return topic;
    }

    private TopicInfo replace(
            final String name, final int partitions, final Map<String, String> config) {
        final TopicInfo old = topic(name);
        final TopicInfo topic =
                new TopicInfo(
                        name,
                        old.topicId(),
                        partitions,
                        old.replicas(),
                        Map.copyOf(config),
                        CREATED);
        if (!planned) {
            topics.put(name, topic);
        }
        return topic;
    }
}
