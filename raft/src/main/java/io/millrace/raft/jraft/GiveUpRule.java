package io.millrace.raft.jraft;

import io.millrace.raft.wal.WalUsage;
import java.util.List;
import java.util.Optional;

/**
 * Decides which replica is given up for lost, so that the others can go on writing. It pins the
 * journal until nobody may write any more; it failed a while ago, so no checkpoint of it will come;
 * and a leader elsewhere still has a majority, without it, so nothing is lost with it. One at a
 * time: the next look sees what that has freed.
 */
final class GiveUpRule {

    /** Election timeouts after which a leader that is heard was not there by the time it failed. */
    private static final int SETTLED = 10;

    private final long electionNanos;

    /**
     * @param electionNanos how long a leader may be silent and still be one
     */
    GiveUpRule(long electionNanos) {
        this.electionNanos = electionNanos;
    }

    /**
     * What is known of a replica.
     *
     * @param failedNanos for how long it has been stopped by an error, and neither votes nor
     *     acknowledges; 0 if it works
     * @param expendable whether the other voters are a majority
     * @param leaderSilentNanos how long it has not heard a leader
     */
    record Replica(int shard, long failedNanos, boolean expendable, long leaderSilentNanos) {}

    Optional<Integer> next(List<Replica> replicas, WalUsage usage, long reserveBytes) {
        if (!CheckpointSchedule.isFull(usage, reserveBytes)) {
            return Optional.empty();
        }
        return replicas.stream()
                .filter(replica -> CheckpointSchedule.pins(replica.shard(), usage))
                .filter(replica -> replica.failedNanos() > SETTLED * electionNanos)
                .filter(Replica::expendable)
                .filter(replica -> replica.leaderSilentNanos() < electionNanos)
                .map(Replica::shard)
                .findFirst();
    }
}
