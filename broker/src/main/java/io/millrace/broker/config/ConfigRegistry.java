package io.millrace.broker.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A closed set of settings, in the order of the reference page. Immutable. */
final class ConfigRegistry {

    private final String kind;
    private final String page;
    private final Map<String, ConfigKey<?>> keys;

    /**
     * @param kind what the settings are, for error messages: "topic setting", "setting"
     * @param page where they are documented
     */
    ConfigRegistry(String kind, String page, List<ConfigKey<?>> keys) {
        this.kind = kind;
        this.page = page;
        Map<String, ConfigKey<?>> byName = new LinkedHashMap<>();
        for (ConfigKey<?> key : keys) {
            if (byName.put(key.name(), key) != null) {
                throw new IllegalArgumentException("setting defined twice: " + key.name());
            }
        }
        this.keys = Collections.unmodifiableMap(byName);
    }

    Collection<ConfigKey<?>> keys() {
        return keys.values();
    }

    Collection<String> names() {
        return keys.keySet();
    }

    /** The setting of this name; the error for another name offers a near one. */
    ConfigKey<?> require(String name) {
        ConfigKey<?> key = keys.get(name);
        if (key == null) {
            String shown = name.length() > 100 ? name.substring(0, 100) + "…" : name;
            String hint =
                    NearestName.near(name, keys.keySet())
                            .map("did you mean \"%s\"?"::formatted)
                            .orElse("%s has them all".formatted(page));
            throw new ConfigException(
                    name, "there is no %s \"%s\"; %s".formatted(kind, shown, hint));
        }
        return key;
    }

    /**
     * Values in their one canonical form, sorted by name.
     *
     * @throws ConfigException if a name is unknown or a value is not allowed
     */
    SortedMap<String, String> canonical(Map<String, String> values) {
        SortedMap<String, String> canonical = new TreeMap<>();
        values.forEach((name, text) -> canonical.put(name, canonical(require(name), text)));
        return canonical;
    }

    private static <T> String canonical(ConfigKey<T> key, String text) {
        return key.type().canonical().apply(key.parse(text));
    }
}
