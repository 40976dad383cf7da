package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.List;

/**
 * The members of a shard that are in force, as its leader has said. Immutable.
 *
 * @param term the leader's Raft term; 0 if none has said anything yet
 * @param index a committed Raft index at which they were in force; later ones supersede
 * @param voterIds the replica ids of the voters, ascending
 * @param learnerIds the replica ids of the learners, ascending
 */
public record ConfirmedMembers(long term, long index, List<Long> voterIds, List<Long> learnerIds) {

    /** Nothing has been said. */
    public static final ConfirmedMembers NONE = new ConfirmedMembers(0, 0, List.of(), List.of());

    public ConfirmedMembers {
        voterIds = voterIds.stream().distinct().sorted().toList();
        learnerIds = learnerIds.stream().distinct().sorted().toList();
    }

    /** Whether a replica is in force, as voter or learner. */
    public boolean contains(long replicaId) {
        return voterIds.contains(replicaId) || learnerIds.contains(replicaId);
    }

    /** Whether both name the same voters and learners. */
    public boolean sameMembers(ConfirmedMembers other) {
        return voterIds.equals(other.voterIds) && learnerIds.equals(other.learnerIds);
    }

    boolean isOlderThan(ConfirmedMembers other) {
        return term < other.term || term == other.term && index < other.index;
    }

    void encode(WireWriter out) {
        out.int64(term);
        out.int64(index);
        out.list(voterIds, (id, to) -> to.int64(id));
        out.list(learnerIds, (id, to) -> to.int64(id));
    }

    static ConfirmedMembers decode(WireReader in) throws MalformedException {
        return new ConfirmedMembers(
                in.int64(), in.int64(), in.list(WireReader::int64), in.list(WireReader::int64));
    }
}
