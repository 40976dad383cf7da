package io.millrace.broker.group;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** The topics of a cluster, all versions that there ever were, and the ends of their logs. */
final class SimulatedTopics {

    private static final List<String> RACKS = List.of("x", "y", "z");

    /** The cluster map at some time. */
    record Version(long version, SortedMap<Long, GroupTopic> topics) {}

    private final Random random;
    private final List<Version> history = new ArrayList<>();
    private final Map<PartitionKey, Long> ends = new HashMap<>();
    private long nextTopicId = 1;

    SimulatedTopics(Random random) {
        this.random = random;
        history.add(new Version(1, new TreeMap<>()));
    }

    Version now() {
        return history.get(history.size() - 1);
    }

    /** What somebody sees who lags by some versions. */
    Version lagging(int by) {
        return history.get(Math.max(0, history.size() - 1 - by));
    }

    void create(String name) {
        SortedMap<Long, GroupTopic> topics = new TreeMap<>(now().topics());
        if (topics.values().stream().noneMatch(topic -> topic.name().equals(name))) {
            put(topics, nextTopicId++, name, 1 + random.nextInt(6));
        }
    }

    void growOne() {
        GroupTopic topic = any();
        if (topic != null && topic.partitionCount() < 12) {
            SortedMap<Long, GroupTopic> topics = new TreeMap<>(now().topics());
            put(
                    topics,
                    topic.topicId(),
                    topic.name(),
                    topic.partitionCount() + 1 + random.nextInt(3));
        }
    }

    void deleteOne() {
        GroupTopic topic = any();
        if (topic != null) {
            SortedMap<Long, GroupTopic> topics = new TreeMap<>(now().topics());
            topics.remove(topic.topicId());
            history.add(new Version(now().version() + 1, topics));
        }
    }

    GroupTopic any() {
        List<GroupTopic> all = List.copyOf(now().topics().values());
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    boolean exists(long topicId) {
        return now().topics().containsKey(topicId);
    }

    long end(PartitionKey partition) {
        return ends.getOrDefault(partition, 0L);
    }

    /** Somebody publishes. */
    void publish() {
        for (GroupTopic topic : now().topics().values()) {
            PartitionKey partition =
                    new PartitionKey(topic.topicId(), random.nextInt(topic.partitionCount()));
            ends.merge(partition, (long) random.nextInt(5), Long::sum);
        }
    }

    private void put(SortedMap<Long, GroupTopic> topics, long id, String name, int partitions) {
        List<List<String>> racks = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            racks.add(RACKS.subList(0, 1 + random.nextInt(RACKS.size())));
        }
        topics.put(id, new GroupTopic(id, name, partitions, partitions, racks));
        history.add(new Version(now().version() + 1, topics));
    }
}
