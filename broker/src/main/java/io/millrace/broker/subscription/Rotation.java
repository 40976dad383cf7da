package io.millrace.broker.subscription;

import io.millrace.v1.PartitionPosition;
import java.util.Collection;
import java.util.List;

/** The partitions of a subscription, each in its turn. Confined to the session's turn. */
final class Rotation {

    static final Rotation EMPTY = new Rotation(List.of());

    private final List<FollowedPartition> partitions;
    private int next;

    Rotation(Collection<FollowedPartition> partitions) {
        this.partitions = List.copyOf(partitions);
    }

    int size() {
        return partitions.size();
    }

    FollowedPartition current() {
        return partitions.get(next);
    }

    void advance() {
        next = (next + 1) % partitions.size();
    }

    /** One that was deleted; null if there is none. */
    FollowedPartition deleted() {
        for (FollowedPartition followed : partitions) {
            if (!followed.served().exists()) {
                return followed;
            }
        }
        return null;
    }

    List<PartitionPosition> positions() {
        return partitions.stream().map(FollowedPartition::position).toList();
    }
}
