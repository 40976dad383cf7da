package io.millrace.broker.controller;

import io.millrace.broker.config.ConfigException;
import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.GroupName;
import io.millrace.protocol.TopicName;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;

/**
 * Creates a consumer group on the data shard that has the fewest. Yields the group; the one that is
 * there, if it has the same mode: two members may be the first at once.
 *
 * @param name its name
 * @param queue whether a record belongs to one member at a time, rather than a partition
 * @param config settings that differ from their defaults, by name, at most 100; of a group that is
 *     there they are not changed
 * @param timeMs now, milliseconds since 1970 UTC
 */
public record CreateGroup(String name, boolean queue, Map<String, String> config, long timeMs)
        implements ControllerCommand<GroupImage> {

    private static final int MAX_GROUPS = 10_000;
    private static final int MAX_QUEUE_NAME =
            TopicName.MAX_LENGTH - GroupImage.deadLetterTopic("").length();

    public CreateGroup {
        config = Map.copyOf(config);
    }

    @Override
    public CommandKind kind() {
        return CommandKind.CREATE_GROUP;
    }

    @Override
    public Transition<GroupImage> applyTo(ControllerState state) {
        state.requireFormed();
        GroupName.check(name);
        if (queue) {
            checkDeadLetters(name);
        }
        ClusterImage image = state.image();
        GroupImage present = image.groups().find(name).orElse(null);
        if (present != null) {
            requireMode(present, queue);
            return new Transition<>(state, present);
        }
        GroupsImage groups = image.groups();
        if (groups.byName().size() + groups.tombstones().size() >= MAX_GROUPS) {
            throw MillraceException.of(
                    ErrorCode.INVALID_GROUP,
                    "a cluster has at most %,d groups; delete some first".formatted(MAX_GROUPS));
        }
        GroupImage group =
                new GroupImage(
                        name,
                        state.nextTopicId(),
                        place(image),
                        queue,
                        canonical(),
                        image.version() + 1,
                        timeMs);
        ControllerState next =
                new ControllerState(
                        image.withGroups(groups.with(group)),
                        state.nextTopicId() + 1,
                        state.nextPartitionId(),
                        state.nextReplicaId(),
                        state.nextProducerId());
        return new Transition<>(next, group);
    }

    /** What it gives up goes to a topic of its own, whose name is longer. */
    private static void checkDeadLetters(String name) {
        if (name.length() > MAX_QUEUE_NAME) {
            throw MillraceException.of(
                            ErrorCode.INVALID_GROUP,
                            "the name of a group in queue mode has at most %d characters, this one %d:"
                                            .formatted(MAX_QUEUE_NAME, name.length())
                                    + " its dead-letter topic is called as the group, and .dlq")
                    .with("field", "group");
        }
    }

    static void requireMode(GroupImage group, boolean queue) {
        if (group.queue() != queue) {
            throw MillraceException.of(
                            ErrorCode.INVALID_GROUP,
                            "group \"%s\" is in %s mode; join in that mode, or take another name"
                                    .formatted(group.name(), group.queue() ? "queue" : "stream"))
                    .with("field", "mode");
        }
    }

    private SortedMap<String, String> canonical() {
        try {
            if (config.size() > CreateTopic.MAX_SETTINGS) {
                throw new ConfigException(
                        "", "at most %d settings".formatted(CreateTopic.MAX_SETTINGS));
            }
            return GroupConfig.canonical(config);
        } catch (ConfigException e) {
            throw MillraceException.of(ErrorCode.INVALID_GROUP, e.getMessage());
        }
    }

    private static int place(ClusterImage image) {
        return image.dataShards().stream()
                .map(ShardImage::shard)
                .min(
                        Comparator.comparingLong((Integer shard) -> image.groups().countOn(shard))
                                .thenComparing(Comparator.naturalOrder()))
                .orElseThrow(
                        () ->
                                MillraceException.of(
                                        ErrorCode.NOT_READY, "there is no data shard yet"));
    }

    @Override
    public void encode(WireWriter out) {
        out.text(name);
        out.int8(queue ? 1 : 0);
        out.textMap(config);
        out.int64(timeMs);
    }

    static CreateGroup decode(WireReader in) throws MalformedException {
        return new CreateGroup(in.text(), in.int8() != 0, in.textMap(), in.int64());
    }

    @Override
    public void encodeValue(GroupImage value, WireWriter out) {
        value.encode(out);
    }

    @Override
    public GroupImage decodeValue(WireReader in) throws MalformedException {
        return GroupImage.decode(in);
    }
}
