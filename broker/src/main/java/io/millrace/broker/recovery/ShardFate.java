package io.millrace.broker.recovery;

import java.util.List;

/**
 * What becomes of one shard.
 *
 * @param shard its number; 0 is the controller
 * @param verdict what becomes of it
 * @param here its replica in the data directory; null if there is none, or it does not vote
 * @param newReplicaId the id under which that goes on; 0 if it does not
 * @param dropped the brokers whose replicas are left out, or would be
 * @param others the other brokers that are left with a replica that votes
 */
public record ShardFate(
        int shard,
        Verdict verdict,
        FoundReplica here,
        int newReplicaId,
        List<Integer> dropped,
        List<Integer> others) {

    /** What can become of a shard. */
    public enum Verdict {
        /** A majority is left, by all that is known here: nothing is to be done. */
        HAS_MAJORITY,
        /** The replica here is the only one that is left, or was chosen: it goes on alone. */
        GOES_ON_HERE,
        /** The only replica that is left is on another broker: it is to be recovered there. */
        IS_ELSEWHERE,
        /** Several are left, none of them a majority: one must be chosen. */
        MUST_BE_CHOSEN,
        /** No replica is left. */
        IS_GONE
    }

    public ShardFate {
        dropped = List.copyOf(dropped);
        others = List.copyOf(others);
    }

    ShardFate as(int replicaId) {
        return new ShardFate(shard, verdict, here, replicaId, dropped, others);
    }
}
