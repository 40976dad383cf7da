package io.millrace.broker.serving;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.publishing.AppendTarget;
import io.millrace.broker.publishing.AppendTargets;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.subscription.PartitionResolver;
import io.millrace.broker.subscription.ServedPartition;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.function.Supplier;

/** The partitions that this broker holds, by topic and number. Thread-safe; never blocks. */
public final class LocalPartitions implements AppendTargets, PartitionResolver {

    private final Supplier<ClusterImage> image;
    private final LocalShards shards;
    private final Redirects redirects;

    public LocalPartitions(Supplier<ClusterImage> image, LocalShards shards, Redirects redirects) {
        this.image = image;
        this.shards = shards;
        this.redirects = redirects;
    }

    @Override
    public AppendTarget target(String topic, long topicId, int partition) {
        Place place = place(topic, topicId, partition);
        long id = place.view().topicId();
        return new LocalAppendTarget(
                place.shard(),
                place.view(),
                redirects,
                () -> gone(topic, id, partition, place.shard()));
    }

    /** What has become of a partition that was here when a stream began. */
    private MillraceException gone(String topic, long topicId, int partition, LocalShard shard) {
        try {
            place(topic, topicId, partition);
        } catch (MillraceException deletedOrElsewhere) {
            return deletedOrElsewhere;
        }
        return redirects.toLeader(
                MillraceException.of(
                        ErrorCode.LEADER_UNAVAILABLE,
                        "partition %s/%d is being deleted or made; try again"
                                .formatted(topic, partition)),
                shard.shard().id());
    }

    @Override
    public ServedPartition resolve(String topic, long topicId, int partition) {
        Place place = place(topic, topicId, partition);
        return new LocalServedPartition(
                place.shard(), place.view(), topic + "/" + partition, shards, redirects);
    }

    /**
     * The topic of a name.
     *
     * @throws MillraceException if there is none
     */
    public TopicImage topic(String name) {
        return image.get()
                .topic(name)
                .orElseThrow(
                        () ->
                                MillraceException.of(
                                                ErrorCode.UNKNOWN_TOPIC,
                                                "there is no topic \"%s\"; create it first: millrace"
                                                                .formatted(shortened(name))
                                                        + " topic create")
                                        .with("topic", shortened(name)));
    }

    /** A partition of a topic and the shard it is on. */
    public record Place(LocalShard shard, PartitionView view) {}

    /**
     * Finds a partition.
     *
     * @param topicId refuse another topic of the same name; 0: do not check
     * @throws MillraceException if there is no such topic or partition, or not here
     */
    public Place place(String name, long topicId, int partition) {
        TopicImage topic = topic(name);
        if (topicId != 0 && topicId != topic.topicId()) {
            throw MillraceException.of(
                            ErrorCode.TOPIC_RECREATED,
                            "topic \"%s\" is not the one with id %s any more: it was deleted and"
                                            .formatted(name, Long.toUnsignedString(topicId))
                                    + " created again; refresh the cluster map")
                    .with("topic_id", topic.topicId());
        }
        checkNumber(topic, partition);
        return place(name, partition, topic.partitions().get(partition));
    }

    /**
     * A topic must have a partition.
     *
     * @throws MillraceException with UNKNOWN_PARTITION if it has not
     */
    public static void checkNumber(TopicImage topic, int partition) {
        int count = topic.partitions().size();
        if (partition < 0 || partition >= count) {
            throw MillraceException.of(
                            ErrorCode.UNKNOWN_PARTITION,
                            "topic \"%s\" has the partitions 0 to %d, not %s"
                                    .formatted(
                                            topic.name(),
                                            count - 1,
                                            Integer.toUnsignedString(partition)))
                    .with("partition_count", count);
        }
    }

    /** Whether a topic is still there, not deleted meanwhile. */
    public boolean isPresent(TopicImage topic) {
        return image.get()
                .topic(topic.name())
                .filter(now -> now.topicId() == topic.topicId())
                .isPresent();
    }

    /** Whether there is a replica of a shard here. */
    public boolean holds(int shard) {
        return shards.dataShard(shard) != null;
    }

    /** Whether a shard is led here. */
    public boolean leads(int shard) {
        LocalShard local = shards.dataShard(shard);
        return local != null && local.shard().leadingTerm() != 0;
    }

    private Place place(String name, int number, PartitionImage partition) {
        LocalShard shard = shards.dataShard(partition.shard());
        if (shard == null) {
            throw redirects.notHere(name + "/" + number, partition.shard());
        }
        PartitionView view = shard.view().partition(partition.partitionId());
        if (view == null) {
            throw redirects.toLeader(
                    MillraceException.of(
                            ErrorCode.LEADER_UNAVAILABLE,
                            "partition %s/%d is not ready here yet; try again"
                                    .formatted(name, number)),
                    partition.shard());
        }
        return new Place(shard, view);
    }

    /** A partition held here; null if it is not. */
    public PartitionView find(PartitionImage partition) {
        LocalShard shard = shards.dataShard(partition.shard());
        return shard == null ? null : shard.view().partition(partition.partitionId());
    }

    private static String shortened(String name) {
        return name.length() <= 300 ? name : name.substring(0, 300) + "…";
    }
}
