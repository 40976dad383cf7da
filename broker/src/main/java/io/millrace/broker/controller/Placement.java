package io.millrace.broker.controller;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides which shards carry new partitions: each goes to the shard with the fewest partitions of
 * its topic, among those to the one with the fewest of all, then to the lowest number. So a topic
 * is spread as evenly as can be, and the shards fill evenly.
 */
final class Placement {

    /** The most partitions of one topic. */
    static final int MAX_PARTITIONS = 10_000;

    /** The most partitions of all topics together; bounds the map that clients are sent. */
    static final int MAX_PARTITIONS_OF_ALL = 100_000;

    private Placement() {}

    /**
     * Places new partitions, with ids from the state's counter.
     *
     * @param present the partitions that the topic has
     * @param total how many it is to have
     */
    static List<PartitionImage> place(
            ControllerState state,
            String topic,
            List<PartitionImage> present,
            int total,
            int replicas) {
        check(state, topic, present.size(), total);
        ClusterImage image = state.image();
        Map<Integer, Load> loads = new TreeMap<>();
        for (ShardImage shard : image.dataShards()) {
            if (shard.lasting().size() >= replicas) {
                loads.put(shard.shard(), new Load(shard.shard()));
            }
        }
        if (loads.isEmpty()) {
            throw MillraceException.of(
                    ErrorCode.INVALID_REPLICA_COUNT,
                    "topic \"%s\" cannot have %d replicas: no shard has that many; ask for fewer"
                            .formatted(topic, replicas));
        }
        for (TopicImage other : image.topics().values()) {
            other.partitions().forEach(partition -> count(loads, partition, false));
        }
        present.forEach(partition -> count(loads, partition, true));
        List<PartitionImage> placed = new ArrayList<>();
        for (int n = present.size(); n < total; n++) {
            Load least = loads.values().stream().min(Load.ORDER).orElseThrow();
            least.ofTopic++;
            least.ofAll++;
            placed.add(
                    new PartitionImage(
                            state.nextPartitionId() + placed.size(),
                            least.shard,
                            image.version() + 1));
        }
        return placed;
    }

    private static void check(ControllerState state, String topic, int present, int total) {
        if (total < 1 || total > MAX_PARTITIONS) {
            throw MillraceException.of(
                    ErrorCode.INVALID_PARTITION_COUNT,
                    "topic \"%s\" cannot have %,d partitions: 1 to %,d are allowed"
                            .formatted(topic, total, MAX_PARTITIONS));
        }
        // Deleted partitions count until they are gone, or the map could grow without bound.
        int others =
                state.image().partitionCount() + state.image().tombstonePartitionCount() - present;
        if (others + total > MAX_PARTITIONS_OF_ALL) {
            throw MillraceException.of(
                    ErrorCode.INVALID_PARTITION_COUNT,
                    "topic \"%s\" cannot have %,d partitions: a cluster has at most %,d, %,d are taken"
                            .formatted(topic, total, MAX_PARTITIONS_OF_ALL, others));
        }
    }

    private static void count(Map<Integer, Load> loads, PartitionImage partition, boolean ofTopic) {
        Load load = loads.get(partition.shard());
        if (load == null) {
            return; // on a shard that cannot take this topic
        }
        if (ofTopic) {
            load.ofTopic++;
        } else {
            load.ofAll++;
        }
    }

    private static final class Load {

        static final Comparator<Load> ORDER =
                Comparator.<Load>comparingInt(load -> load.ofTopic)
                        .thenComparingInt(load -> load.ofAll)
                        .thenComparingInt(load -> load.shard);

        final int shard;
        int ofTopic;
        int ofAll;

        Load(int shard) {
            this.shard = shard;
        }
    }
}
