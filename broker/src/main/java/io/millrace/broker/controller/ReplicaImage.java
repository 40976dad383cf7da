package io.millrace.broker.controller;

/**
 * The placement of one replica of a shard. Immutable.
 *
 * @param nodeId the broker that holds it
 * @param replicaId its id, never reused: a replica that lost its files must not vote under it again
 */
public record ReplicaImage(int nodeId, long replicaId) {

    void encode(WireWriter out) {
        out.int32(nodeId);
        out.int64(replicaId);
    }

    static ReplicaImage decode(WireReader in) throws MalformedException {
        return new ReplicaImage(in.int32(), in.int64());
    }
}
