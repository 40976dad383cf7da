package io.millrace.broker.recovery;

import io.millrace.raft.Member;
import java.util.List;

/**
 * A replica as it was found in a data directory.
 *
 * @param shard its shard
 * @param replicaId its id
 * @param voters the voters by the newest entry of its log
 * @param votersBefore those from before a change that was under way; empty if none was
 * @param lastTerm the term of its last entry
 * @param lastIndex the index of its last entry
 * @param checkpointIndex up to here its entries are committed for sure; 0: not known of any
 */
public record FoundReplica(
        int shard,
        int replicaId,
        List<Member> voters,
        List<Member> votersBefore,
        long lastTerm,
        long lastIndex,
        long checkpointIndex) {

    public FoundReplica {
        voters = List.copyOf(voters);
        votersBefore = List.copyOf(votersBefore);
    }

    /**
     * Whether it counts for the quorum.
     *
     * @param node the broker that holds it
     */
    boolean votes(int node) {
        Member self = new Member(node, replicaId);
        return voters.contains(self) || votersBefore.contains(self);
    }

    /**
     * Whether it was to go on alone, and was cut short: its log says so, its vote file does not.
     */
    boolean isHalfDone(int node) {
        return voters.size() == 1
                && voters.get(0).nodeId() == node
                && voters.get(0).replicaId() > replicaId;
    }
}
