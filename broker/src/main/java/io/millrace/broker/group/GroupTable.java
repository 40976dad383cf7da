package io.millrace.broker.group;

import io.millrace.broker.group.GroupCommand.DropGroup;
import io.millrace.broker.group.GroupCommand.OpenGroup;
import io.millrace.broker.group.GroupResult.Done;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.error.ErrorCode;
import java.util.Optional;
import java.util.Set;

/**
 * All groups of a shard. Immutable: each command makes another, a copy is a reference, and any
 * thread may read it.
 */
public final class GroupTable {

    /** No group at all. */
    public static final GroupTable EMPTY =
            new GroupTable(PersistentMap.empty(), PersistentMap.empty());

    /** A command that is late by more than so many dropped groups does not exist. */
    private static final int MAX_DROPPED = 100_000;

    private final PersistentMap<Long, GroupState> groups;
    private final PersistentMap<Long, Boolean> dropped;

    private GroupTable(
            PersistentMap<Long, GroupState> groups, PersistentMap<Long, Boolean> dropped) {
        this.groups = groups;
        this.dropped = dropped;
    }

    /** The groups by id. */
    public PersistentMap<Long, GroupState> groups() {
        return groups;
    }

    /** A group; empty if it is not open here, or was dropped. */
    public Optional<GroupState> group(long groupId) {
        return Optional.ofNullable(groups.get(groupId));
    }

    /** Whether a group of this id was dropped here: it never comes back. */
    public boolean isDropped(long groupId) {
        return dropped.containsKey(groupId);
    }

    /** What a command makes of it. Never throws, whatever the command says. */
    public GroupTransition<GroupTable> apply(GroupCommand command) {
        GroupState group = groups.get(command.groupId());
        if (command instanceof DropGroup) {
            return drop(command.groupId(), group);
        } else if (group == null) {
            return command instanceof OpenGroup open ? open(open) : unknown(command.groupId());
        }
        GroupTransition<GroupState> change = group.apply(command);
        GroupTable next =
                change.next() == group
                        ? this
                        : new GroupTable(groups.with(group.groupId(), change.next()), dropped);
        return new GroupTransition<>(next, change.result(), change.changedMembers());
    }

    private GroupTransition<GroupTable> open(OpenGroup command) {
        if (dropped.containsKey(command.groupId())) {
            return GroupTransition.unchanged(this);
        }
        GroupState opened = GroupState.opened(command);
        return new GroupTransition<>(
                new GroupTable(groups.with(opened.groupId(), opened), dropped),
                new Done(true),
                Set.of());
    }

    private GroupTransition<GroupTable> drop(long groupId, GroupState group) {
        if (dropped.containsKey(groupId)) {
            return GroupTransition.unchanged(this);
        }
        PersistentMap<Long, Boolean> remembered = dropped.with(groupId, true);
        if (remembered.size() > MAX_DROPPED) {
            remembered = remembered.without(remembered.keySet().iterator().next());
        }
        return new GroupTransition<>(
                new GroupTable(groups.without(groupId), remembered),
                new Done(group != null),
                group == null ? Set.of() : group.members().keySet());
    }

    private GroupTransition<GroupTable> unknown(long groupId) {
        return new GroupTransition<>(
                this,
                new Refused(
                        ErrorCode.UNKNOWN_GROUP,
                        "no group with the id %d is open on this shard; it was dropped, or join it"
                                        .formatted(groupId)
                                + " by its name"),
                Set.of());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupTable table
                && table.groups.equals(groups)
                && table.dropped.equals(dropped);
    }

    @Override
    public int hashCode() {
        return groups.hashCode();
    }

    void encode(WireWriter out) {
        out.list(dropped.keySet(), (groupId, to) -> to.int64(groupId));
        out.list(groups.values(), GroupState::encode);
    }

    static GroupTable decode(WireReader in) throws MalformedException {
        PersistentMap<Long, Boolean> dropped = PersistentMap.empty();
        for (long groupId : in.list(WireReader::int64)) {
            dropped = dropped.with(groupId, true);
        }
        PersistentMap<Long, GroupState> groups = PersistentMap.empty();
        for (GroupState group : in.list(GroupState::decode)) {
            groups = groups.with(group.groupId(), group);
        }
        return new GroupTable(groups, dropped);
    }
}
