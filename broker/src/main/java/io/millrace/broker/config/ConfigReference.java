package io.millrace.broker.config;

import java.util.ArrayList;
import java.util.List;

/** Writes the reference pages and the sample file from the definitions of the settings. */
public final class ConfigReference {

    private ConfigReference() {}

    /** docs/reference/config.md. */
    public static String brokerPage() {
        return """
                # Broker configuration

                This page is generated from `BrokerKeys.java`; a test keeps the two equal.

                A broker reads one YAML file (`millrace standalone --config FILE`); every setting has a default.
                Nested keys and dotted names mean the same. `-c key=value` on the command line wins over the
                environment, which wins over the file. In the environment `listen.client-port` is
                `MILLRACE_LISTEN_CLIENT_PORT`. Sizes are bytes, or have a unit: `64KiB`, `64MiB`, `2GiB`
                (1,024s), `5MB` (1,000s). Durations are milliseconds, or have one: `500ms`, `10s`, `5m`, `12h`,
                `7d`. An unknown key or a value that is not allowed keeps the broker from starting.

                """
                + table(BrokerKeys.KEYS);
    }

    /** docs/reference/topic-config.md. */
    public static String topicPage() {
        return """
                # Topic settings

                This page is generated from `TopicConfig.java`; a test keeps the two equal.

                Given with `millrace topic create NAME -c key=value`, changed with `millrace topic set`. Sizes are
                bytes, or have a unit: `64KiB`, `64MiB`, `2GiB` (1,024s), `5MB` (1,000s). Durations are
                milliseconds, or have one: `500ms`, `10s`, `5m`, `12h`, `7d`. A setting that is not given follows
                the default.

                """
                + table(TopicConfig.KEYS);
    }

    /** docs/reference/group-config.md. */
    public static String groupPage() {
        return """
                # Group settings

                This page is generated from `GroupConfig.java`; a test keeps the two equal.

                Given and changed with `millrace group set NAME -c key=value`. Durations are milliseconds, or have
                a unit: `500ms`, `10s`, `5m`, `12h`, `7d`. A setting that is not given follows the default.

                """
                + table(GroupConfig.KEYS);
    }

    /** docs/reference/cluster-config.md. */
    public static String clusterPage() {
        return """
                # Cluster settings

                This page is generated from `ClusterConfig.java`; a test keeps the two equal.

                They hold for the whole cluster, are kept by the controller and can be changed while it runs, with
                `SetClusterConfig` of the cluster service. Sizes are bytes, or have a unit: `64KiB`, `64MiB`, `2GiB`
                (1,024s), `5MB` (1,000s). Durations are milliseconds, or have one: `500ms`, `10s`, `5m`, `12h`,
                `7d`. A setting that is not given follows the default.

                """
                + table(ClusterConfig.KEYS);
    }

    /** deploy/src/dist/conf/millrace.yaml. */
    public static String sampleFile() {
        StringBuilder out = new StringBuilder();
        out.append(
                """
                # The configuration of a broker: millrace standalone --config conf/millrace.yaml
                # The same file serves all brokers of a cluster; what differs is given with -c key=value.
                # Every line shows a default; remove the # before a name to change its value.
                """);
        for (ConfigKey<?> key : BrokerKeys.KEYS.keys()) {
            out.append('\n');
            wrap(key.doc(), 96).forEach(line -> out.append("# ").append(line).append('\n'));
            String value = key.defaultText().isEmpty() ? "\"\"" : key.defaultText();
            out.append('#').append(key.name()).append(": ").append(value).append('\n');
        }
        return out.toString();
    }

    private static String table(ConfigRegistry registry) {
        StringBuilder out = new StringBuilder();
        out.append("| setting | type | default | allowed | since |\n|---|---|---|---|---|\n");
        for (ConfigKey<?> key : registry.keys()) {
            out.append(
                    "| [`%s`](#%s) | %s | %s | %s | %s |\n"
                            .formatted(
                                    key.name(),
                                    anchor(key),
                                    key.type().name(),
                                    key.defaultText().isEmpty()
                                            ? "empty"
                                            : "`" + key.defaultText() + "`",
                                    key.rule().text().isEmpty() ? "any" : key.rule().text(),
                                    key.since()));
        }
        for (ConfigKey<?> key : registry.keys()) {
            out.append("\n### %s\n\n%s\n".formatted(key.name(), key.doc()));
        }
        return out.toString();
    }

    private static String anchor(ConfigKey<?> key) {
        return key.name().replace(".", "");
    }

    private static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
