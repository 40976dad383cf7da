package io.millrace.client.cluster;

import io.millrace.protocol.TopicName;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.TopicServiceGrpc;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds topics. The map that is at hand may be older than a topic, so it only answers "yes"; "no"
 * is asked of a broker. Blocks where said; thread-safe.
 */
public final class TopicDirectory {
    private static final Duration LONGEST_QUESTION = Duration.ofSeconds(30);

    private final Cluster cluster;

    /** A directory over a cluster's map. */
    public TopicDirectory(Cluster cluster) {
        this.cluster = cluster;
    }

    /** The topic, if the map at hand has it with this many partitions at least. Does not block. */
    public Optional<TopicRoute> known(String topic, int minPartitions) {
        return cluster.view().topic(topic).filter(route -> route.partitionCount() >= minPartitions);
    }

    /**
     * The topic; blocks until it is known.
     *
     * @param minPartitions how many partitions it must have, 1 or more
     * @throws MillraceException UNKNOWN_TOPIC, UNKNOWN_PARTITION, INVALID_TOPIC_NAME, or why no
     *     broker could say in time
     */
    public TopicRoute find(String topic, int minPartitions, long timeoutNanos) {
        Optional<TopicRoute> known = known(topic, minPartitions);
        if (known.isPresent()) {
            return known.get();
        }
        TopicName.check(topic);
        long deadline = System.nanoTime() + timeoutNanos;
        if (await(ClusterView::isKnown, deadline) == null) {
            throw cluster.notConnected();
        }
        known = known(topic, minPartitions);
        if (known.isPresent()) {
            return known.get();
        }
        checkExists(topic, minPartitions, deadline);
        Predicate<ClusterView> has =
                view ->
                        view.topic(topic)
                                .filter(route -> route.partitionCount() >= minPartitions)
                                .isPresent();
        ClusterView view = await(has, deadline);
        if (view == null) {
            throw MillraceException.of(
                            ErrorCode.NOT_READY,
                            "topic "
                                    + topic
                                    + " exists, but the cluster map has not told where it is; try"
                                    + " again")
                    .with("topic", topic);
        }
        return view.topic(topic).orElseThrow();
    }

    private void checkExists(String topic, int minPartitions, long deadline) {
        Duration left =
                Duration.ofNanos(
                        Math.min(
                                LONGEST_QUESTION.toNanos(),
                                Math.max(1, deadline - System.nanoTime())));
        DescribeTopicRequest request = DescribeTopicRequest.newBuilder().setName(topic).build();
        int partitions =
                cluster.calls()
                        .call(
                                (channel, until) ->
                                        TopicServiceGrpc.newBlockingStub(channel)
                                                .withDeadline(until)
                                                .describeTopic(request),
                                true,
                                left)
                        .getTopic()
                        .getPartitionCount();
        if (partitions < minPartitions) {
            throw MillraceException.of(
                            ErrorCode.UNKNOWN_PARTITION,
                            "topic "
                                    + topic
                                    + " has "
                                    + partitions
                                    + " partitions, numbered from 0; there is no partition "
                                    + (minPartitions - 1))
                    .with("topic", topic)
                    .with("partition", minPartitions - 1)
                    .with("partitions", partitions);
        }
    }

    private ClusterView await(Predicate<ClusterView> condition, long deadline) {
        try {
            return cluster.await(condition, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
