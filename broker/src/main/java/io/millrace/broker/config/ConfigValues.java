package io.millrace.broker.config;

import java.util.HashMap;
import java.util.Map;

/** Checked values of settings; those that are not set have their defaults. Immutable. */
final class ConfigValues {

    private final Map<String, Object> values;

    private ConfigValues(Map<String, Object> values) {
        this.values = values;
    }

    /** Reads and checks all values; throws {@link ConfigException} for the first bad one. */
    static ConfigValues parse(ConfigRegistry registry, Map<String, String> texts) {
        Map<String, Object> values = new HashMap<>();
        texts.forEach((name, text) -> values.put(name, registry.require(name).parse(text)));
        return new ConfigValues(values);
    }

    @SuppressWarnings("unchecked") // parse() put the key's own type there
    <T> T get(ConfigKey<T> key) {
        return (T) values.getOrDefault(key.name(), key.defaultValue());
    }

    int getInt(ConfigKey<Long> key) {
        return Math.toIntExact(get(key));
    }
}
