package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A shard says that it holds nothing of deleted groups any more. Confirming again, or confirming
 * what has no tombstone, changes nothing. Yields how many groups still wait.
 *
 * @param shard the shard that says so
 * @param groupIds the groups
 */
public record ConfirmGroupsDeleted(int shard, List<Long> groupIds)
        implements ControllerCommand<Integer> {

    public ConfirmGroupsDeleted {
        groupIds = List.copyOf(groupIds);
    }

    @Override
    public CommandKind kind() {
        return CommandKind.CONFIRM_GROUPS_DELETED;
    }

    @Override
    public Transition<Integer> applyTo(ControllerState state) {
        state.requireFormed();
        ClusterImage image = state.image();
        GroupsImage groups = image.groups();
        NavigableMap<Long, GroupTombstone> left = new TreeMap<>(groups.tombstones());
        for (long groupId : groupIds) {
            left.computeIfPresent(groupId, (id, dead) -> withoutShard(dead));
        }
        if (left.equals(groups.tombstones())) {
            return new Transition<>(state, left.size());
        }
        return new Transition<>(
                state.withImage(image.withGroups(groups.withTombstones(left))), left.size());
    }

    /** Null when nobody is left. */
    private GroupTombstone withoutShard(GroupTombstone dead) {
        List<Integer> waiting = dead.shards().stream().filter(one -> one != shard).toList();
        return waiting.isEmpty() ? null : new GroupTombstone(dead.name(), dead.groupId(), waiting);
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(shard);
        out.list(groupIds, (id, to) -> to.int64(id));
    }

    static ConfirmGroupsDeleted decode(WireReader in) throws MalformedException {
        return new ConfirmGroupsDeleted(in.int32(), in.list(WireReader::int64));
    }

    @Override
    public void encodeValue(Integer value, WireWriter out) {
        out.int32(value);
    }

    @Override
    public Integer decodeValue(WireReader in) throws MalformedException {
        return in.int32();
    }
}
