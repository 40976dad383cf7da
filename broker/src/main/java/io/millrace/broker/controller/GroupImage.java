package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A consumer group and its place. Immutable.
 *
 * @param name its name
 * @param groupId its id, never reused
 * @param shard the data shard that it lives on, for life
 * @param queue whether a record belongs to one member at a time, rather than a partition
 * @param overrides the settings that somebody has set, in canonical form, by name
 * @param placementVersion the map version at which what the shard must know of it last changed
 * @param createTimeMs when it was created, milliseconds since 1970 UTC
 */
public record GroupImage(
        String name,
        long groupId,
        int shard,
        boolean queue,
        SortedMap<String, String> overrides,
        long placementVersion,
        long createTimeMs) {

    private static final String DEAD_LETTERS = ".dlq";

    public GroupImage {
        overrides = Collections.unmodifiableSortedMap(new TreeMap<>(overrides));
    }

    /** The topic for what a group in queue mode gives up, by the group's name. */
    public static String deadLetterTopic(String group) {
        return group + DEAD_LETTERS;
    }

    GroupImage withOverrides(SortedMap<String, String> changed, long version) {
        return new GroupImage(name, groupId, shard, queue, changed, version, createTimeMs);
    }

    void encode(WireWriter out) {
        out.text(name);
        out.int64(groupId);
        out.int32(shard);
        out.int8(queue ? 1 : 0);
        out.textMap(overrides);
        out.int64(placementVersion);
        out.int64(createTimeMs);
    }

    static GroupImage decode(WireReader in) throws MalformedException {
        return new GroupImage(
                in.text(),
                in.int64(),
                in.int32(),
                in.int8() != 0,
                new TreeMap<>(in.textMap()),
                in.int64(),
                in.int64());
    }
}
