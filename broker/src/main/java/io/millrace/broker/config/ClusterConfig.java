package io.millrace.broker.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The settings of the whole cluster, which can be changed while it runs. Immutable.
 *
 * <p>The limits of a setting may be widened but never narrowed: what has once been set is in the
 * controller's log and checkpoint, and must be readable for ever.
 *
 * @param overrides the settings that somebody has set, in canonical form, by name
 * @param shardsPerBroker how many data shards a broker brings
 * @param replaceAfterMs how long a broker is dead before its replicas are replaced, in milliseconds
 * @param concurrentMoves how many shards change their replicas at a time
 * @param pullBytesPerSecond how fast a replica copies what it lacks, in bytes per second
 * @param rebalanceIntervalMs how often leaders are spread, in milliseconds
 */
public record ClusterConfig(
        SortedMap<String, String> overrides,
        int shardsPerBroker,
        long replaceAfterMs,
        int concurrentMoves,
        long pullBytesPerSecond,
        long rebalanceIntervalMs) {

    private static final long SECOND = 1_000;
    private static final long DAY = 86_400 * SECOND;

    private static final ConfigKey<Long> SHARDS_PER_BROKER =
            new ConfigKey<>(
                    "shards-per-broker",
                    ConfigType.NUMBER,
                    2L,
                    ConfigRule.between(ConfigType.NUMBER, 1, 64),
                    "How many data shards a broker brings when it is added with `millrace cluster"
                            + " add`. The cluster is born with the value of the broker setting of"
                            + " this name. More shards order writes in parallel and cost threads.",
                    "0.1.0");
    private static final ConfigKey<Long> REPLACE_AFTER =
            new ConfigKey<>(
                    "replica.replace-after-ms",
                    ConfigType.DURATION,
                    600 * SECOND,
                    ConfigRule.between(ConfigType.DURATION, SECOND, 30 * DAY),
                    "How long a broker is dead before its replicas are built anew on others. Too"
                            + " short: a restart or a moved container copies all its data. Too"
                            + " long: shards stay without their third copy.",
                    "0.1.0");
    private static final ConfigKey<Long> CONCURRENT_MOVES =
            new ConfigKey<>(
                    "replica.concurrent-moves",
                    ConfigType.NUMBER,
                    2L,
                    ConfigRule.between(ConfigType.NUMBER, 1, 100),
                    "How many shards change their replicas at a time, when a broker is added,"
                            + " removed or replaced. More is faster and takes more from the disks"
                            + " and the network.",
                    "0.1.0");
    private static final ConfigKey<Long> PULL_RATE =
            new ConfigKey<>(
                    "pull.bytes-per-second",
                    ConfigType.BYTES,
                    64L << 20,
                    ConfigRule.between(ConfigType.BYTES, 64L << 10, 16L << 30),
                    "How fast each broker copies records that its replicas lack from others. Too"
                            + " fast: publishers and subscribers feel it. Too slow: replicas stay"
                            + " incomplete for longer.",
                    "0.1.0");
    private static final ConfigKey<Long> REBALANCE_INTERVAL =
            new ConfigKey<>(
                    "leader.rebalance-interval-ms",
                    ConfigType.DURATION,
                    10 * SECOND,
                    ConfigRule.between(ConfigType.DURATION, SECOND, DAY),
                    "How often leaders are moved to where they spread evenly. Drained and stalled"
                            + " brokers are relieved at once.",
                    "0.1.0");

    /** All cluster settings. */
    static final ConfigRegistry KEYS =
            new ConfigRegistry(
                    "cluster setting",
                    "docs/reference/cluster-config.md",
                    List.of(
                            SHARDS_PER_BROKER,
                            REPLACE_AFTER,
                            CONCURRENT_MOVES,
                            PULL_RATE,
                            REBALANCE_INTERVAL));

    /** The settings of a cluster for which nobody has said anything. */
    public static final ClusterConfig DEFAULTS = of(Map.of());

    public ClusterConfig {
        overrides = Collections.unmodifiableSortedMap(new TreeMap<>(overrides));
    }

    /**
     * The settings with some that differ from their defaults.
     *
     * @throws ConfigException if a name is unknown or a value is not allowed
     */
    public static ClusterConfig of(Map<String, String> overrides) {
        ConfigValues values = ConfigValues.parse(KEYS, overrides);
        return new ClusterConfig(
                KEYS.canonical(overrides),
                values.getInt(SHARDS_PER_BROKER),
                values.get(REPLACE_AFTER),
                values.getInt(CONCURRENT_MOVES),
                values.get(PULL_RATE),
                values.get(REBALANCE_INTERVAL));
    }

    /** The settings of a cluster whose founders bring that many shards each. */
    public static ClusterConfig founded(int shardsPerBroker) {
        return shardsPerBroker == DEFAULTS.shardsPerBroker
                ? DEFAULTS
                : of(Map.of(SHARDS_PER_BROKER.name(), Integer.toString(shardsPerBroker)));
    }

    /**
     * Checks the name of a setting.
     *
     * @throws ConfigException if it is unknown; the message offers the nearest
     */
    public static void requireName(String name) {
        KEYS.require(name);
    }

    /** All settings in force by name, in canonical form, the defaults too. */
    public Map<String, String> effective() {
        Map<String, String> effective = new LinkedHashMap<>();
        effective.put(SHARDS_PER_BROKER.name(), Integer.toString(shardsPerBroker));
        effective.put(REPLACE_AFTER.name(), Long.toString(replaceAfterMs));
        effective.put(CONCURRENT_MOVES.name(), Integer.toString(concurrentMoves));
        effective.put(PULL_RATE.name(), Long.toString(pullBytesPerSecond));
        effective.put(REBALANCE_INTERVAL.name(), Long.toString(rebalanceIntervalMs));
        return effective;
    }
}
