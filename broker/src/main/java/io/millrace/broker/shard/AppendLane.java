package io.millrace.broker.shard;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One publish stream's way into one partition, bound to the term in which the stream found the
 * shard led here. Answers come in the order of the batches. After the first batch that is refused
 * no other is proposed: they fail with PREDECESSOR_FAILED, since order would be lost.
 *
 * <p>Thread-safety: used by one thread at a time, that of its stream.
 */
public final class AppendLane {

    private final long partitionId;
    private final long term;
    private final Queue<PendingAppend> unanswered = new ConcurrentLinkedQueue<>();
    private volatile boolean failed;

    /**
     * @param partitionId the partition
     * @param term {@link io.millrace.raft.Shard#leadingTerm()} when the stream began
     */
    public AppendLane(long partitionId, long term) {
        this.partitionId = partitionId;
        this.term = term;
    }

    /** The partition. */
    public long partitionId() {
        return partitionId;
    }

    /** The term it is bound to. */
    public long term() {
        return term;
    }

    /** Whether a batch was refused, so that a new lane is needed. */
    public boolean failed() {
        return failed;
    }

    void fail() {
        failed = true;
    }

    /** Batches without an answer, in the order of their calls. */
    Queue<PendingAppend> unanswered() {
        return unanswered;
    }
}
