package io.millrace.broker.controller;

import io.millrace.broker.config.ConfigException;
import io.millrace.broker.config.TopicConfig;
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
 * Changes settings of a topic; those that are not named keep their value.
 *
 * @param name the topic's name
 * @param changes new values by name, at most 100
 * @param resets settings that get their default back, by name, at most 100
 */
public record SetTopic(String name, Map<String, String> changes, List<String> resets)
        implements ControllerCommand<TopicImage> {

    public SetTopic {
        changes = Map.copyOf(changes);
        resets = List.copyOf(resets);
    }

    @Override
    public CommandKind kind() {
        return CommandKind.SET_TOPIC;
    }

    @Override
    public Transition<TopicImage> applyTo(ControllerState state) {
        TopicImage topic = state.requireTopic(name);
        SortedMap<String, String> overrides = changed(topic);
        if (overrides.equals(topic.overrides())) {
            return new Transition<>(state, topic);
        }
        ClusterImage image = state.image();
        TopicImage next = topic.withOverrides(overrides, image.version() + 1);
        return new Transition<>(state.withImage(image.withTopic(next)), next);
    }

    private SortedMap<String, String> changed(TopicImage topic) {
        try {
            if (Math.max(changes.size(), resets.size()) > CreateTopic.MAX_SETTINGS) {
                throw new ConfigException(
                        "", "at most %d settings at a time".formatted(CreateTopic.MAX_SETTINGS));
            }
            SortedMap<String, String> overrides = new TreeMap<>(topic.overrides());
            overrides.putAll(changes);
            for (String reset : resets) {
                TopicConfig.requireName(reset);
                if (changes.containsKey(reset)) {
                    throw new ConfigException(
                            reset, "%s is both set and reset; do one of them".formatted(reset));
                }
                overrides.remove(reset);
            }
            return TopicConfig.canonical(overrides);
        } catch (ConfigException e) {
            throw MillraceException.of(ErrorCode.INVALID_TOPIC_CONFIG, e.getMessage());
        }
    }

    @Override
    public void encode(WireWriter out) {
        out.text(name);
        out.textMap(changes);
        out.list(resets, (reset, to) -> to.text(reset));
    }

    static SetTopic decode(WireReader in) throws MalformedException {
        return new SetTopic(in.text(), in.textMap(), in.list(WireReader::text));
    }

    @Override
    public void encodeValue(TopicImage value, WireWriter out) {
        value.encode(out);
    }

    @Override
    public TopicImage decodeValue(WireReader in) throws MalformedException {
        return TopicImage.decode(in);
    }
}
