package io.millrace.broker.config;

import io.millrace.broker.config.SettingsFile.Setting;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Puts a broker's configuration together. What is said on the command line wins over the
 * environment, which wins over the file, which wins over the defaults.
 *
 * <p>In the environment a setting is named {@code MILLRACE_}, then its name in capitals with
 * underscores: {@code MILLRACE_LISTEN_CLIENT_PORT} is {@code listen.client-port}.
 */
public final class BrokerConfigReader {

    private static final String PREFIX = "MILLRACE_";

    /** A name this close to that of a setting is taken for a slip of the pen. */
    private static final int SLIP = 2;

    private final Map<String, Setting> settings = new LinkedHashMap<>();

    private BrokerConfigReader() {}

    /**
     * Reads a configuration. Blocks on the disk.
     *
     * @param file the YAML file, if there is one
     * @param environment the process's environment
     * @param overrides from the command line, each {@code key=value}; later ones win
     * @throws ConfigException with the name, the place, the limit and the way out
     */
    public static BrokerConfig read(
            Optional<Path> file, Map<String, String> environment, List<String> overrides) {
        BrokerConfigReader reader = new BrokerConfigReader();
        file.ifPresent(path -> reader.settings.putAll(SettingsFile.read(path)));
        // All of the file is checked, also what others override: the slip is there all the same.
        reader.check();
        reader.environment(environment);
        overrides.forEach(reader::override);
        reader.check();
        Map<String, String> texts = new LinkedHashMap<>();
        reader.settings.forEach((name, setting) -> texts.put(name, setting.text()));
        return BrokerConfig.of(texts);
    }

    /** The name that a setting has in the environment. */
    static String environmentName(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private void environment(Map<String, String> environment) {
        Map<String, String> keys = new TreeMap<>();
        BrokerKeys.KEYS.names().forEach(key -> keys.put(environmentName(key), key));
        environment.forEach(
                (name, value) -> {
                    String key = keys.get(name);
                    if (key != null) {
                        settings.put(key, new Setting(value, "environment variable " + name));
                    } else if (name.startsWith(PREFIX)) {
                        refuseSlip(name, keys);
                    }
                });
    }

    /** Others use the prefix too (MILLRACE_SERVER, MILLRACE_HEAP): only near misses are errors. */
    private static void refuseSlip(String name, Map<String, String> keys) {
        String nearest = NearestName.of(name, keys.keySet()).orElseThrow();
        if (NearestName.distance(name, nearest) <= SLIP) {
            throw new ConfigException(
                    name,
                    "environment variable %s is no setting; did you mean %s?"
                            .formatted(name, nearest));
        }
    }

    private void override(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new ConfigException(
                    assignment,
                    "-c %s: expected key=value, such as -c log.level=debug".formatted(assignment));
        }
        String name = assignment.substring(0, equals).strip();
        settings.put(name, new Setting(assignment.substring(equals + 1), "-c " + name));
    }

    private void check() {
        settings.forEach(
                (name, setting) -> {
                    try {
                        BrokerKeys.KEYS.require(name).parse(setting.text());
                    } catch (ConfigException e) {
                        throw new ConfigException(name, setting.place() + ": " + e.getMessage());
                    }
                });
    }
}
