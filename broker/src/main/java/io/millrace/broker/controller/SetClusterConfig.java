package io.millrace.broker.controller;

import io.millrace.broker.config.ClusterConfig;
import io.millrace.broker.config.ConfigException;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Changes settings of the cluster; those that are not named keep their value. Yields all settings.
 *
 * @param changes new values by name, at most 100
 * @param resets settings that get their default back, by name, at most 100
 */
public record SetClusterConfig(Map<String, String> changes, List<String> resets)
        implements ControllerCommand<ClusterConfig> {

    public SetClusterConfig {
        changes = Map.copyOf(changes);
        resets = List.copyOf(resets);
    }

    @Override
    public CommandKind kind() {
        return CommandKind.SET_CLUSTER_CONFIG;
    }

    @Override
    public Transition<ClusterConfig> applyTo(ControllerState state) {
        state.requireFormed();
        ClusterImage image = state.image();
        ClusterConfig next = changed(image.config());
        if (next.equals(image.config())) {
            return new Transition<>(state, next);
        }
        return new Transition<>(state.withImage(image.withConfig(next)), next);
    }

    private ClusterConfig changed(ClusterConfig present) {
        try {
            if (Math.max(changes.size(), resets.size()) > CreateTopic.MAX_SETTINGS) {
                throw new ConfigException(
                        "", "at most %d settings at a time".formatted(CreateTopic.MAX_SETTINGS));
            }
            SortedMap<String, String> overrides = new TreeMap<>(present.overrides());
            overrides.putAll(changes);
            for (String reset : resets) {
                ClusterConfig.requireName(reset);
                if (changes.containsKey(reset)) {
                    throw new ConfigException(
                            reset, "%s is both set and reset; do one of them".formatted(reset));
                }
                overrides.remove(reset);
            }
            return ClusterConfig.of(overrides);
        } catch (ConfigException e) {
            throw ChangeRefused.invalid("%s", e.getMessage());
        }
    }

    @Override
    public void encode(WireWriter out) {
        out.textMap(changes);
        out.list(resets, (reset, to) -> to.text(reset));
    }

    static SetClusterConfig decode(WireReader in) throws MalformedException {
        return new SetClusterConfig(in.textMap(), in.list(WireReader::text));
    }

    @Override
    public void encodeValue(ClusterConfig value, WireWriter out) {
        out.textMap(value.overrides());
    }

    @Override
    public ClusterConfig decodeValue(WireReader in) throws MalformedException {
        return ClusterImage.decodeConfig(in);
    }
}
