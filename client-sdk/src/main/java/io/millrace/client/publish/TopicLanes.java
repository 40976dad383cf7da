package io.millrace.client.publish;

import io.millrace.client.choice.Candidate;
import io.millrace.client.choice.ChoicePolicy;
import io.millrace.client.cluster.TopicRoute;
import io.millrace.protocol.batch.Record;
import java.util.AbstractList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The lanes of one topic, and which of them takes records without a key: one until its batch is
 * full, then another, so that batches are full and partitions are used alike. Thread-safe.
 */
final class TopicLanes {
    private static final int TURNS = 4;

    private final long topicId;
    private final List<Lane> lanes;
    private final ChoicePolicy policy;
    private final List<Candidate> candidates;
    private volatile int sticky;

    /**
     * @param lanes by partition, 1 or more
     * @param policy chooses the next one for records without a key
     * @param observe what the policy is told of a lane
     * @param first takes records without a key first
     */
    TopicLanes(
            long topicId,
            List<Lane> lanes,
            ChoicePolicy policy,
            Function<Lane, Candidate> observe,
            int first) {
        this.topicId = topicId;
        this.lanes = List.copyOf(lanes);
        this.policy = policy;
        this.candidates = new Candidates(this.lanes, observe);
        this.sticky = first;
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
        int next = chosen();
        sticky = next;
        return append(next, record, reserved, batchBytes, nowNanos);
    }

    /** A policy that goes by turns may need some to get past partitions without a leader. */
    private int chosen() {
        int next = policy.choose(candidates);
        for (int i = 1; i < TURNS && lanes.get(next).isFailing(); i++) {
            next = policy.choose(candidates);
        }
        return next;
    }

    /** Computed as they are looked at: there may be thousands. */
    private static final class Candidates extends AbstractList<Candidate> {
        private final List<Lane> lanes;
        private final Function<Lane, Candidate> observe;

        Candidates(List<Lane> lanes, Function<Lane, Candidate> observe) {
            this.lanes = lanes;
            this.observe = observe;
        }

        @Override
        public Candidate get(int index) {
            return observe.apply(lanes.get(index));
        }

        @Override
        public int size() {
            return lanes.size();
        }
    }
}
