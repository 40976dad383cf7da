package io.millrace.broker.controller;

import java.util.List;

/**
 * A shard and its replicas. Immutable.
 *
 * @param shard its number; 0 is the controller
 * @param replicas where its replicas are, by node id
 */
public record ShardImage(int shard, List<ReplicaImage> replicas) {

    /** The shard that holds the metadata itself. */
    public static final int CONTROLLER = 0;

    public ShardImage {
        replicas = List.copyOf(replicas);
    }

    void encode(WireWriter out) {
        out.int32(shard);
        out.list(replicas, ReplicaImage::encode);
    }

    static ShardImage decode(WireReader in) throws MalformedException {
        return new ShardImage(in.int32(), in.list(ReplicaImage::decode));
    }
}
