package io.millrace.broker.coordinator;

import io.millrace.broker.group.PartitionKey;
import java.util.Map;
import java.util.Optional;

/**
 * What a coordinator knows of a member in its present stay. Immutable.
 *
 * @param connected whether its stream is open
 * @param silentMs since its last sign of life, in milliseconds
 * @param progress what it has said last of each partition that it holds; those of which it has said
 *     nothing are missing
 */
public record MemberInsight(
        boolean connected, long silentMs, Map<PartitionKey, PartitionProgress> progress) {

    public MemberInsight {
        progress = Map.copyOf(progress);
    }

    /** What it has said last of a partition. */
    public Optional<PartitionProgress> progress(PartitionKey partition) {
        return Optional.ofNullable(progress.get(partition));
    }
}
