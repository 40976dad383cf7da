package io.millrace.broker.shard;

import io.millrace.broker.partition.PartitionLog;
import java.util.Optional;

/** A partition replica as readers see it. Thread-safe; no method blocks. */
public interface PartitionView {

    /** Its id, never reused. */
    long partitionId();

    /** Its topic's id. */
    long topicId();

    /** Its number in the topic, from 0. */
    int partition();

    /** Its settings. */
    PartitionConfig config();

    /** The version of the controller's intent that it follows. */
    long placementVersion();

    /** Its log. */
    PartitionLog log();

    /**
     * Why its log start moved last: what a gap below the log start is to say. Empty if it never
     * moved.
     */
    Optional<TrimMark> trimMark();

    /** False once it was deleted. */
    boolean exists();
}
