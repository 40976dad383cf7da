package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.raft.Member;

/**
 * The placement of one replica of a shard. Immutable.
 *
 * @param nodeId the broker that holds it
 * @param replicaId its id, never reused: a replica that lost its files must not vote under it again
 * @param state what it is meant to be
 */
public record ReplicaImage(int nodeId, long replicaId, ReplicaState state) {

    /** The same replica in another state. */
    public ReplicaImage in(ReplicaState next) {
        return new ReplicaImage(nodeId, replicaId, next);
    }

    /** The replica as the shard knows it. */
    public Member member() {
        return new Member(nodeId, Math.toIntExact(replicaId));
    }

    void encode(WireWriter out) {
        out.int32(nodeId);
        out.int64(replicaId);
        state.encode(out);
    }

    static ReplicaImage decode(WireReader in) throws MalformedException {
        return new ReplicaImage(in.int32(), in.int64(), ReplicaState.decode(in));
    }
}
