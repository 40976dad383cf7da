package io.millrace.broker.shard;

import io.millrace.broker.partition.LogState;
import java.util.List;

/**
 * An immutable copy of a partition for checkpoints. Shared by all checkpoints until the partition
 * changes, so that it is encoded and forced once.
 */
final class PartitionSnapshot {

    private final long partitionId;
    private final long topicId;
    private final int partition;
    private final PartitionConfig config;
    private final long placementVersion;
    private final TrimMark trimMark;
    private final long lastAppendTimeMs;
    private final List<ProducerState> producers;
    private final LogState logState;

    // Written by the checkpoint thread, one checkpoint after the other.
    private volatile byte[] replicated;
    private volatile byte[] local;
    private volatile boolean forced;

    /**
     * @param trimMark null if the log start never moved
     * @param producers immutable, the one idle longest first
     */
    PartitionSnapshot(
            long partitionId,
            long topicId,
            int partition,
            PartitionConfig config,
            long placementVersion,
            TrimMark trimMark,
            long lastAppendTimeMs,
            List<ProducerState> producers,
            LogState logState) {
        this.partitionId = partitionId;
        this.topicId = topicId;
        this.partition = partition;
        this.config = config;
        this.placementVersion = placementVersion;
        this.trimMark = trimMark;
        this.lastAppendTimeMs = lastAppendTimeMs;
        this.producers = producers;
        this.logState = logState;
    }

    long partitionId() {
        return partitionId;
    }

    long topicId() {
        return topicId;
    }

    int partition() {
        return partition;
    }

    PartitionConfig config() {
        return config;
    }

    long placementVersion() {
        return placementVersion;
    }

    TrimMark trimMark() {
        return trimMark;
    }

    long lastAppendTimeMs() {
        return lastAppendTimeMs;
    }

    List<ProducerState> producers() {
        return producers;
    }

    LogState logState() {
        return logState;
    }

    /** Its share of the manifest's replicated part; not to be changed. */
    byte[] replicated() {
        if (replicated == null) {
            replicated = PartitionCodec.encodeReplicated(this);
        }
        return replicated;
    }

    /** Its share of the manifest's local part; not to be changed. */
    byte[] local() {
        if (local == null) {
            local = PartitionCodec.encodeLocal(this);
        }
        return local;
    }

    /** Whether its log is forced up to this copy. */
    boolean forced() {
        return forced;
    }

    void markForced() {
        forced = true;
    }
}
