package io.millrace.client.publish;

import io.millrace.client.cluster.Backoff;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicDirectory;
import io.millrace.client.cluster.TopicRoute;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** All lanes of a publisher, made when a topic is first used. Thread-safe. */
final class LaneDirectory {
    private static final Duration FIRST_WAIT = Duration.ofMillis(20);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final TopicDirectory topics;
    private final Cluster cluster;
    private final PublisherOptions options;
    private final RandomGenerator random;
    private final Map<String, TopicLanes> byTopic = new ConcurrentHashMap<>();
    private final Map<Long, List<Lane>> all = new HashMap<>();
    private MillraceException end;

    /**
     * @param random thread-safe
     */
    LaneDirectory(
            TopicDirectory topics,
            Cluster cluster,
            PublisherOptions options,
            RandomGenerator random) {
        this.topics = topics;
        this.cluster = cluster;
        this.options = options;
        this.random = random;
    }

    /**
     * The lanes of a topic; blocks while the topic is not known.
     *
     * @param minPartitions how many partitions it must have
     * @throws MillraceException if there is no such topic or partition, or no broker to say so in
     *     time
     */
    TopicLanes lanes(String topic, int minPartitions, long timeoutNanos) {
        TopicLanes lanes = byTopic.get(topic);
        TopicRoute route = topics.known(topic, minPartitions).orElse(null);
        if (lanes != null && route != null && lanes.fits(route)) {
            return lanes;
        }
        return grow(topic, topics.find(topic, minPartitions, timeoutNanos));
    }

    private synchronized TopicLanes grow(String topic, TopicRoute route) {
        if (end != null) {
            throw end;
        }
        TopicLanes old = byTopic.get(topic);
        if (old != null && old.fits(route)) {
            return old;
        }
        // Lanes of a deleted topic of the same name stay until their batches have failed.
        List<Lane> lanes = new ArrayList<>();
        if (old != null && old.topicId() == route.topicId()) {
            lanes.addAll(old.all());
        }
        for (int p = lanes.size(); p < route.partitionCount(); p++) {
            lanes.add(
                    new Lane(
                            new TopicPartition(topic, p),
                            route.topicId(),
                            route.shards().get(p),
                            new Backoff(FIRST_WAIT, LONGEST_WAIT, random)));
        }
        TopicLanes grown =
                new TopicLanes(
                        route.topicId(),
                        lanes,
                        cluster.options().policy(),
                        lane -> lane.candidate(options.batchBytes(), weight(lane)),
                        random.nextInt(lanes.size()));
        all.put(route.topicId(), lanes);
        byTopic.put(topic, grown);
        return grown;
    }

    /** That of its leader. */
    private int weight(Lane lane) {
        return cluster.view().leaderAddress(lane.shard()).map(cluster.options()::weight).orElse(1);
    }

    /** All lanes there are now. */
    synchronized Collection<Lane> all() {
        List<Lane> lanes = new ArrayList<>();
        all.values().forEach(lanes::addAll);
        return lanes;
    }

    /** Makes no more lanes, and ends the queues of those there are. */
    synchronized Collection<Lane> end(MillraceException why) {
        end = why.withOutcome(WriteOutcome.NOT_APPLIED);
        Collection<Lane> lanes = all();
        lanes.forEach(lane -> lane.queue().end(end));
        return lanes;
    }
}
