package io.millrace.client.publish;

import io.millrace.client.cluster.TopicRoute;
import io.millrace.protocol.batch.Record;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The lanes of one topic, and which of them takes records without a key: one until its batch is
 * full, then another, so that batches are full and partitions are used alike. Thread-safe.
 */
final class TopicLanes {
    private final long topicId;
    private final List<Lane> lanes;
    private final RandomGenerator random;
    private volatile int sticky;

    /**
     * @param lanes by partition, 1 or more
     * @param random thread-safe
     */
    TopicLanes(long topicId, List<Lane> lanes, RandomGenerator random) {
        this.topicId = topicId;
        this.lanes = List.copyOf(lanes);
        this.random = random;
        this.sticky = random.nextInt(lanes.size());
    }

    /** Whether it is the topic of this route, with all its partitions. */
    boolean fits(TopicRoute route) {
        return topicId == route.topicId() && lanes.size() >= route.partitionCount();
    }

    long topicId() {
        return topicId;
    }

    List<Lane> all() {
        return lanes;
    }

    Lane lane(int partition) {
        return lanes.get(partition);
    }

    int count() {
        return lanes.size();
    }

    /** Where an appended record went. */
    record Placed(Lane lane, PartitionQueue.Appended appended) {}

    /** Appends a record to a partition. */
    Placed append(int partition, Record record, long reserved, int batchBytes, long nowNanos) {
        Lane lane = lanes.get(partition);
        return new Placed(lane, lane.queue().append(record, reserved, batchBytes, nowNanos, true));
    }

    /**
     * Appends a record to any partition.
     *
     * @param left is told of a partition that was left with a full batch
     */
    Placed appendAnywhere(
            Record record, long reserved, int batchBytes, long nowNanos, Consumer<Placed> left) {
        Lane lane = lanes.get(sticky);
        PartitionQueue.Appended appended =
                lane.queue().append(record, reserved, batchBytes, nowNanos, false);
        if (appended.future() != null) {
            return new Placed(lane, appended);
        }
        if (appended.closed() != null) {
            left.accept(new Placed(lane, appended));
        }
        int next = lessLoaded();
        sticky = next;
        return append(next, record, reserved, batchBytes, nowNanos);
    }

    /** Of two partitions at random the one with less to send: a slow one gets less. */
    private int lessLoaded() {
        int a = random.nextInt(lanes.size());
        int b = random.nextInt(lanes.size());
        return lanes.get(a).queue().waitingBytes() <= lanes.get(b).queue().waitingBytes() ? a : b;
    }
}
