package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * A partition and its place. Immutable.
 *
 * @param partitionId its id, never reused
 * @param shard the shard that carries it, for life
 * @param placementVersion the map version at which what the shard must know of it last changed
 */
public record PartitionImage(long partitionId, int shard, long placementVersion) {

    PartitionImage changedAt(long version) {
        return new PartitionImage(partitionId, shard, version);
    }

    void encode(WireWriter out) {
        out.int64(partitionId);
        out.int32(shard);
        out.int64(placementVersion);
    }

    static PartitionImage decode(WireReader in) throws MalformedException {
        return new PartitionImage(in.int64(), in.int32(), in.int64());
    }
}
