package io.millrace.broker.controller;

import io.millrace.broker.config.NearestName;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.GroupName;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The consumer groups of a cluster. Immutable.
 *
 * @param byName those that are there, by name
 * @param tombstones deleted ones that shards have not wholly removed, by id
 */
public record GroupsImage(
        NavigableMap<String, GroupImage> byName, NavigableMap<Long, GroupTombstone> tombstones) {

    /** More edits than that, and another group was meant. */
    private static final int MAX_EDITS = 3;

    /** To compare a name with all there are would take too long. */
    private static final int MAX_COMPARED = 1_000;

    static final GroupsImage NONE = new GroupsImage(new TreeMap<>(), new TreeMap<>());

    public GroupsImage {
        byName = Collections.unmodifiableNavigableMap(byName);
        tombstones = Collections.unmodifiableNavigableMap(tombstones);
    }

    /** The group of this name. */
    public Optional<GroupImage> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * The group of this name.
     *
     * @throws MillraceException if there is none: UNKNOWN_GROUP, with the name that was probably
     *     meant, or INVALID_GROUP if there can be none
     */
    public GroupImage require(String name) {
        GroupImage group = byName.get(GroupName.check(name));
        if (group == null) {
            throw MillraceException.of(
                            ErrorCode.UNKNOWN_GROUP,
                            "there is no group \"%s\"; %s".formatted(name, hint(name)))
                    .with("group", name);
        }
        return group;
    }

    private String hint(String name) {
        List<String> near =
                byName.keySet().stream()
                        .filter(one -> Math.abs(one.length() - name.length()) <= MAX_EDITS)
                        .limit(MAX_COMPARED)
                        .toList();
        return NearestName.within(MAX_EDITS, name, near)
                .map("did you mean \"%s\"?"::formatted)
                .orElse("look at `millrace group list`");
    }

    /** How many groups live on a shard. */
    long countOn(int shard) {
        return byName.values().stream().filter(group -> group.shard() == shard).count();
    }

    GroupsImage with(GroupImage group) {
        NavigableMap<String, GroupImage> next = new TreeMap<>(byName);
        next.put(group.name(), group);
        return new GroupsImage(next, tombstones);
    }

    GroupsImage without(GroupImage group, List<Integer> shards) {
        NavigableMap<String, GroupImage> left = new TreeMap<>(byName);
        left.remove(group.name());
        NavigableMap<Long, GroupTombstone> dead = new TreeMap<>(tombstones);
        dead.put(group.groupId(), new GroupTombstone(group.name(), group.groupId(), shards));
        return new GroupsImage(left, dead);
    }

    GroupsImage withTombstones(NavigableMap<Long, GroupTombstone> next) {
        return new GroupsImage(byName, new TreeMap<>(next));
    }

    void encode(WireWriter out) {
        out.list(byName.values(), GroupImage::encode);
        out.list(tombstones.values(), GroupTombstone::encode);
    }

    static GroupsImage decode(WireReader in) throws MalformedException {
        NavigableMap<String, GroupImage> groups = new TreeMap<>();
        in.list(GroupImage::decode).forEach(group -> groups.put(group.name(), group));
        NavigableMap<Long, GroupTombstone> dead = new TreeMap<>();
        in.list(GroupTombstone::decode).forEach(one -> dead.put(one.groupId(), one));
        return new GroupsImage(groups, dead);
    }
}
