package io.millrace.broker.controller;

import io.millrace.broker.config.ClusterConfig;
import io.millrace.broker.config.ConfigException;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The cluster map at one version: brokers, shards, topics and their placements. Immutable and safe
 * to share; a change makes a new image that shares what has not changed.
 */
public final class ClusterImage {

    /** The image of a cluster that has not been formed. */
    public static final ClusterImage EMPTY =
            new ClusterImage(
                    "",
                    0,
                    0,
                    ClusterConfig.DEFAULTS,
                    new TreeMap<>(),
                    new TreeMap<>(),
                    new TreeMap<>(),
                    new TreeMap<>(),
                    GroupsImage.NONE);

    private final String clusterId;
    private final long version;
    private final int featureLevel;
    private final ClusterConfig config;
    private final NavigableMap<Integer, BrokerImage> brokers;
    private final NavigableMap<Integer, ShardImage> shards;
    private final NavigableMap<String, TopicImage> topics;
    private final NavigableMap<Long, Tombstone> tombstones;
    private final GroupsImage groups;

    // Takes maps that nobody else can change any more.
    private ClusterImage(
            String clusterId,
            long version,
            int featureLevel,
            ClusterConfig config,
            NavigableMap<Integer, BrokerImage> brokers,
            NavigableMap<Integer, ShardImage> shards,
            NavigableMap<String, TopicImage> topics,
            NavigableMap<Long, Tombstone> tombstones,
            GroupsImage groups) {
        this.clusterId = clusterId;
        this.version = version;
        this.featureLevel = featureLevel;
        this.config = config;
        this.brokers = Collections.unmodifiableNavigableMap(brokers);
        this.shards = Collections.unmodifiableNavigableMap(shards);
        this.topics = Collections.unmodifiableNavigableMap(topics);
        this.tombstones = Collections.unmodifiableNavigableMap(tombstones);
        this.groups = groups;
    }

    /** The cluster's id; empty if it has not been formed. */
    public String clusterId() {
        return clusterId;
    }

    /** Rises with every change. */
    public long version() {
        return version;
    }

    /** The {@link FeatureLevel} that all brokers understand; 0 before the cluster is formed. */
    public int featureLevel() {
        return featureLevel;
    }

    /** The settings of the cluster. */
    public ClusterConfig config() {
        return config;
    }

    /** All brokers by node id. */
    public NavigableMap<Integer, BrokerImage> brokers() {
        return brokers;
    }

    /** All shards by number, the controller too. */
    public NavigableMap<Integer, ShardImage> shards() {
        return shards;
    }

    /** All topics by name. */
    public NavigableMap<String, TopicImage> topics() {
        return topics;
    }

    /** Deleted topics that shards have not wholly removed, by topic id. */
    public NavigableMap<Long, Tombstone> tombstones() {
        return tombstones;
    }

    /** The consumer groups. */
    public GroupsImage groups() {
        return groups;
    }

    /** Whether the cluster has been formed. */
    public boolean formed() {
        return !clusterId.isEmpty();
    }

    /** The topic of this name. */
    public Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    /** All shards but the controller, by number. */
    public List<ShardImage> dataShards() {
        return List.copyOf(shards.tailMap(ShardImage.CONTROLLER, false).values());
    }

    /** How many partitions all topics have together. */
    public int partitionCount() {
        return topics.values().stream().mapToInt(topic -> topic.partitions().size()).sum();
    }

    /** How many partitions of deleted topics wait for their shards. */
    int tombstonePartitionCount() {
        return tombstones.values().stream().mapToInt(dead -> dead.partitions().size()).sum();
    }

    /** The broker of this id. */
    public Optional<BrokerImage> broker(int nodeId) {
        return Optional.ofNullable(brokers.get(nodeId));
    }

    /** The shard of this number. */
    public Optional<ShardImage> shard(int number) {
        return Optional.ofNullable(shards.get(number));
    }

    /** The brokers in a state, by node id. */
    public List<BrokerImage> brokersIn(BrokerState state) {
        return brokers.values().stream().filter(broker -> broker.state() == state).toList();
    }

    /** The shards that have any replica on a broker, even a lost one, by number. */
    public List<ShardImage> shardsOn(int nodeId) {
        return shards.values().stream()
                .filter(shard -> shard.replicas().stream().anyMatch(r -> r.nodeId() == nodeId))
                .toList();
    }

    ClusterImage formedAs(
            String id,
            int level,
            ClusterConfig settings,
            List<BrokerImage> founders,
            List<ShardImage> all) {
        NavigableMap<Integer, BrokerImage> members = new TreeMap<>();
        founders.forEach(broker -> members.put(broker.nodeId(), broker));
        NavigableMap<Integer, ShardImage> next = new TreeMap<>();
        all.forEach(shard -> next.put(shard.shard(), shard));
        return new ClusterImage(
                id, version + 1, level, settings, members, next, topics, tombstones, groups);
    }

    ClusterImage withFeatureLevel(int level) {
        return new ClusterImage(
                clusterId, version + 1, level, config, brokers, shards, topics, tombstones, groups);
    }

    ClusterImage withConfig(ClusterConfig next) {
        return new ClusterImage(
                clusterId,
                version + 1,
                featureLevel,
                next,
                brokers,
                shards,
                topics,
                tombstones,
                groups);
    }

    ClusterImage withBroker(BrokerImage broker) {
        return withBroker(broker, List.of());
    }

    /** With a broker, and what that changes in shards. */
    ClusterImage withBroker(BrokerImage broker, List<ShardImage> changed) {
        NavigableMap<Integer, BrokerImage> next = new TreeMap<>(brokers);
        next.put(broker.nodeId(), broker);
        return with(next, merged(changed));
    }

    ClusterImage withoutBroker(int nodeId) {
        NavigableMap<Integer, BrokerImage> next = new TreeMap<>(brokers);
        next.remove(nodeId);
        return with(next, shards);
    }

    ClusterImage withShards(List<ShardImage> changed) {
        return with(brokers, merged(changed));
    }

    /** With a gap in the versions and in the replica ids of all shards. */
    ClusterImage ahead(
            long versions, NavigableMap<Integer, BrokerImage> members, long lastReplicaId) {
        NavigableMap<Integer, ShardImage> next = new TreeMap<>(shards);
        next.replaceAll((number, shard) -> shard.ahead(lastReplicaId));
        return new ClusterImage(
                clusterId,
                version + versions,
                featureLevel,
                config,
                members,
                next,
                topics,
                tombstones,
                groups);
    }

    private NavigableMap<Integer, ShardImage> merged(List<ShardImage> changed) {
        NavigableMap<Integer, ShardImage> next = new TreeMap<>(shards);
        changed.forEach(shard -> next.put(shard.shard(), shard));
        return next;
    }

    private ClusterImage with(Map<Integer, BrokerImage> members, Map<Integer, ShardImage> placed) {
        return new ClusterImage(
                clusterId,
                version + 1,
                featureLevel,
                config,
                new TreeMap<>(members),
                new TreeMap<>(placed),
                topics,
                tombstones,
                groups);
    }

    ClusterImage withTopic(TopicImage topic) {
        NavigableMap<String, TopicImage> next = new TreeMap<>(topics);
        next.put(topic.name(), topic);
        return withTopics(next, tombstones);
    }

    ClusterImage withoutTopic(TopicImage topic) {
        NavigableMap<String, TopicImage> left = new TreeMap<>(topics);
        left.remove(topic.name());
        NavigableMap<Long, Tombstone> next = new TreeMap<>(tombstones);
        next.put(
                topic.topicId(),
                new Tombstone(topic.name(), topic.topicId(), version + 1, topic.partitions()));
        return withTopics(left, next);
    }

    ClusterImage withTombstones(NavigableMap<Long, Tombstone> next) {
        return withTopics(topics, new TreeMap<>(next));
    }

    ClusterImage withGroups(GroupsImage next) {
        return new ClusterImage(
                clusterId,
                version + 1,
                featureLevel,
                config,
                brokers,
                shards,
                topics,
                tombstones,
                next);
    }

    private ClusterImage withTopics(
            NavigableMap<String, TopicImage> all, NavigableMap<Long, Tombstone> dead) {
        return new ClusterImage(
                clusterId, version + 1, featureLevel, config, brokers, shards, all, dead, groups);
    }

    void encode(WireWriter out) {
        out.text(clusterId);
        out.int64(version);
        out.int32(featureLevel);
        out.textMap(config.overrides());
        out.list(brokers.values(), BrokerImage::encode);
        out.list(shards.values(), ShardImage::encode);
        out.list(topics.values(), TopicImage::encode);
        out.list(tombstones.values(), Tombstone::encode);
        groups.encode(out);
    }

    static ClusterImage decode(WireReader in) throws MalformedException {
        return decode(in, true);
    }

    /**
     * @param withGroups whether groups follow: they do not in the first format
     */
    static ClusterImage decode(WireReader in, boolean withGroups) throws MalformedException {
        String clusterId = in.text();
        long version = in.int64();
        int featureLevel = in.int32();
        ClusterConfig config = decodeConfig(in);
        NavigableMap<Integer, BrokerImage> brokers = new TreeMap<>();
        in.list(BrokerImage::decode).forEach(broker -> brokers.put(broker.nodeId(), broker));
        NavigableMap<Integer, ShardImage> shards = new TreeMap<>();
        in.list(ShardImage::decode).forEach(shard -> shards.put(shard.shard(), shard));
        NavigableMap<String, TopicImage> topics = new TreeMap<>();
        in.list(TopicImage::decode).forEach(topic -> topics.put(topic.name(), topic));
        NavigableMap<Long, Tombstone> tombstones = new TreeMap<>();
        in.list(Tombstone::decode).forEach(dead -> tombstones.put(dead.topicId(), dead));
        GroupsImage groups = withGroups ? GroupsImage.decode(in) : GroupsImage.NONE;
        return new ClusterImage(
                clusterId,
                version,
                featureLevel,
                config,
                brokers,
                shards,
                topics,
                tombstones,
                groups);
    }

    static ClusterConfig decodeConfig(WireReader in) throws MalformedException {
        try {
            return ClusterConfig.of(in.textMap());
        } catch (ConfigException e) {
            throw new MalformedException(e.getMessage());
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClusterImage image
                && version == image.version
                && featureLevel == image.featureLevel
                && config.equals(image.config)
                && clusterId.equals(image.clusterId)
                && brokers.equals(image.brokers)
                && shards.equals(image.shards)
                && topics.equals(image.topics)
                && tombstones.equals(image.tombstones)
                && groups.equals(image.groups);
    }

    @Override
    public int hashCode() {
        return Objects.hash(clusterId, version);
    }

    @Override
    public String toString() {
        return "ClusterImage[clusterId=%s, version=%d, brokers=%d, shards=%d, topics=%d]"
                .formatted(clusterId, version, brokers.size(), shards.size(), topics.size());
    }
}
