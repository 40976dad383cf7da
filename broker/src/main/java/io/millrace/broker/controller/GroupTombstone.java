package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.List;

/**
 * A deleted group that some shards may still hold something of: its own shard everything, others
 * what it has done of their partitions. It is the only licence to delete one. Immutable.
 *
 * @param name the name it had; another group may have it by now
 * @param groupId its id
 * @param shards those that have not confirmed its removal yet
 */
public record GroupTombstone(String name, long groupId, List<Integer> shards) {

    public GroupTombstone {
        shards = List.copyOf(shards);
    }

    void encode(WireWriter out) {
        out.text(name);
        out.int64(groupId);
        out.list(shards, (shard, to) -> to.int32(shard));
    }

    static GroupTombstone decode(WireReader in) throws MalformedException {
        return new GroupTombstone(in.text(), in.int64(), in.list(WireReader::int32));
    }
}
