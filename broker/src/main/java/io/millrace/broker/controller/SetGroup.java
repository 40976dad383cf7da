package io.millrace.broker.controller;

import io.millrace.broker.config.ConfigException;
import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Changes settings of a group; those that are not named keep their value.
 *
 * @param name the group's name
 * @param changes new values by name, at most 100
 * @param resets settings that get their default back, by name, at most 100
 */
public record SetGroup(String name, Map<String, String> changes, List<String> resets)
        implements ControllerCommand<GroupImage> {

    public SetGroup {
        changes = Map.copyOf(changes);
        resets = List.copyOf(resets);
    }

    @Override
    public CommandKind kind() {
        return CommandKind.SET_GROUP;
    }

    @Override
    public Transition<GroupImage> applyTo(ControllerState state) {
        GroupImage group = state.requireGroup(name);
        SortedMap<String, String> overrides = changed(group);
        if (overrides.equals(group.overrides())) {
            return new Transition<>(state, group);
        }
        ClusterImage image = state.image();
        GroupImage next = group.withOverrides(overrides, image.version() + 1);
        return new Transition<>(state.withImage(image.withGroups(image.groups().with(next))), next);
    }

    private SortedMap<String, String> changed(GroupImage group) {
        try {
            if (Math.max(changes.size(), resets.size()) > CreateTopic.MAX_SETTINGS) {
                throw new ConfigException(
                        "", "at most %d settings at a time".formatted(CreateTopic.MAX_SETTINGS));
            }
            SortedMap<String, String> overrides = new TreeMap<>(group.overrides());
            overrides.putAll(changes);
            for (String reset : resets) {
                GroupConfig.requireName(reset);
                if (changes.containsKey(reset)) {
                    throw new ConfigException(
                            reset, "%s is both set and reset; do one of them".formatted(reset));
                }
                overrides.remove(reset);
            }
            return GroupConfig.canonical(overrides);
        } catch (ConfigException e) {
            throw MillraceException.of(ErrorCode.INVALID_GROUP, e.getMessage());
        }
    }

    @Override
    public void encode(WireWriter out) {
        out.text(name);
        out.textMap(changes);
        out.list(resets, (reset, to) -> to.text(reset));
    }

    static SetGroup decode(WireReader in) throws MalformedException {
        return new SetGroup(in.text(), in.textMap(), in.list(WireReader::text));
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
