package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.List;

/**
 * A deleted topic whose partitions some shards may still hold. It is the only licence to delete
 * one. Immutable.
 *
 * @param name the name it had; another topic may have it by now
 * @param topicId its id
 * @param deleteVersion the map version of the deletion
 * @param partitions those whose removal their shard has not confirmed yet
 */
public record Tombstone(
        String name, long topicId, long deleteVersion, List<PartitionImage> partitions) {

    public Tombstone {
        partitions = List.copyOf(partitions);
    }

    void encode(WireWriter out) {
        out.text(name);
        out.int64(topicId);
        out.int64(deleteVersion);
        out.list(partitions, PartitionImage::encode);
    }

    static Tombstone decode(WireReader in) throws MalformedException {
        return new Tombstone(in.text(), in.int64(), in.int64(), in.list(PartitionImage::decode));
    }
}
