package io.millrace.raft.jraft;

import io.millrace.raft.wal.WalUsage;
import java.util.List;
import java.util.Optional;

/**
 * Decides which replica is given up for lost, so that the others can go on writing. It pins the
 * journal until nobody may write any more; it has failed, so no checkpoint of it will come; and a
 * leader elsewhere has a majority without it, so nothing is lost with it. One at a time: the next
 * look sees what that has freed.
 */
final class GiveUpRule {

    private final long leaderSilenceNanos;

    /**
     * @param leaderSilenceNanos how long a leader may be silent and still be one
     */
    GiveUpRule(long leaderSilenceNanos) {
        this.leaderSilenceNanos = leaderSilenceNanos;
    }

    /**
     * What is known of a replica.
     *
     * @param failed whether it has stopped by an error: it votes and acknowledges no more
     * @param expendable whether the other voters are a majority
     * @param leaderSilentNanos how long it has not heard a leader
     */
    record Replica(int shard, boolean failed, boolean expendable, long leaderSilentNanos) {}

    Optional<Integer> next(List<Replica> replicas, WalUsage usage, long reserveBytes) {
        if (!CheckpointSchedule.isFull(usage, reserveBytes)) {
            return Optional.empty();
        }
        return replicas.stream()
                .filter(replica -> CheckpointSchedule.pins(replica.shard(), usage))
                .filter(Replica::failed)
                .filter(Replica::expendable)
                .filter(replica -> replica.leaderSilentNanos() < leaderSilenceNanos)
                .map(Replica::shard)
                .findFirst();
    }
}
