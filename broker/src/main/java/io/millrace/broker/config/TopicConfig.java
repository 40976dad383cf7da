package io.millrace.broker.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The settings of one topic. Immutable.
 *
 * <p>The limits of a setting may be widened but never narrowed: what a topic has once been given is
 * in the controller's log and checkpoint, and must be readable for ever.
 *
 * @param maxBatchBytes the largest record batch, in bytes
 * @param retentionMs how long records are kept, in milliseconds; -1: for ever
 * @param retentionBytes how many bytes each partition keeps; -1: no limit
 * @param segmentBytes a segment of the partition log is full at this many bytes
 * @param segmentMs a segment is full when its first batch is this old, in milliseconds
 * @param durability what an acknowledgement stands for
 */
public record TopicConfig(
        int maxBatchBytes,
        long retentionMs,
        long retentionBytes,
        long segmentBytes,
        long segmentMs,
        Durability durability) {

    /** No topic can have a larger batch, in bytes. */
    public static final int MAX_BATCH_BYTES = 8 << 20;

    private static final long TEN_YEARS_MS = 3_650L * 86_400_000;

    private static final ConfigKey<Long> MAX_BATCH =
            new ConfigKey<>(
                    "max.batch.bytes",
                    ConfigType.BYTES,
                    1L << 20,
                    ConfigRule.between(ConfigType.BYTES, 1L << 10, MAX_BATCH_BYTES),
                    "The largest record batch that publishers may send, as they send it"
                            + " (compressed). Larger ones are refused with BATCH_TOO_LARGE.",
                    "0.1.0");
    private static final ConfigKey<Long> RETENTION_MS =
            new ConfigKey<>(
                    "retention.ms",
                    ConfigType.DURATION,
                    7 * 86_400_000L,
                    ConfigRule.betweenOrMinusOne(
                            ConfigType.DURATION, 1_000, 10 * TEN_YEARS_MS, "for ever"),
                    "How long records are kept after they were appended, by the brokers' clocks."
                            + " Whole segments are removed, so records stay up to segment.ms"
                            + " longer.",
                    "0.1.0");
    private static final ConfigKey<Long> RETENTION_BYTES =
            new ConfigKey<>(
                    "retention.bytes",
                    ConfigType.BYTES,
                    -1L,
                    ConfigRule.betweenOrMinusOne(ConfigType.BYTES, 64L << 10, 1L << 60, "no limit"),
                    "How many bytes each partition keeps; the oldest segments beyond it are"
                            + " removed. What comes first counts, this or retention.ms.",
                    "0.1.0");
    private static final ConfigKey<Long> SEGMENT_BYTES =
            new ConfigKey<>(
                    "segment.bytes",
                    ConfigType.BYTES,
                    64L << 20,
                    ConfigRule.between(ConfigType.BYTES, 64L << 10, 4L << 30),
                    "A segment of the partition log is full at this many bytes. Small segments"
                            + " free disk space sooner and cost open files; large ones the"
                            + " opposite.",
                    "0.1.0");
    private static final ConfigKey<Long> SEGMENT_MS =
            new ConfigKey<>(
                    "segment.ms",
                    ConfigType.DURATION,
                    86_400_000L,
                    ConfigRule.between(ConfigType.DURATION, 1_000, TEN_YEARS_MS),
                    "A segment of the partition log is full when its first batch is this old,"
                            + " however few bytes it holds.",
                    "0.1.0");
    private static final ConfigKey<Durability> DURABILITY =
            new ConfigKey<>(
                    "durability",
                    ConfigType.oneOf(Durability.class, false),
                    Durability.QUORUM_FSYNC,
                    ConfigRule.any(),
                    "What an acknowledgement stands for. QUORUM_FSYNC: the record is fsynced on a"
                            + " majority of the replicas. QUORUM_MEMORY is not in this release.",
                    "0.1.0");

    /** All topic settings. */
    static final ConfigRegistry KEYS =
            new ConfigRegistry(
                    "topic setting",
                    "docs/reference/topic-config.md",
                    List.of(
                            MAX_BATCH,
                            RETENTION_MS,
                            RETENTION_BYTES,
                            SEGMENT_BYTES,
                            SEGMENT_MS,
                            DURABILITY));

    /** The settings of a topic for which nobody has said anything. */
    public static final TopicConfig DEFAULTS = of(Map.of());

    /**
     * The settings with some that differ from their defaults.
     *
     * @throws ConfigException if a name is unknown or a value is not allowed
     */
    public static TopicConfig of(Map<String, String> overrides) {
        String durability = overrides.getOrDefault(DURABILITY.name(), "");
        if (durability.strip().equalsIgnoreCase("QUORUM_MEMORY")) {
            throw new ConfigException(
                    DURABILITY.name(),
                    "durability: QUORUM_MEMORY is not in this release; leave the setting out, and"
                            + " every acknowledged record is fsynced on a majority of the replicas"
                            + " (QUORUM_FSYNC)");
        }
        ConfigValues values = ConfigValues.parse(KEYS, overrides);
        return new TopicConfig(
                values.getInt(MAX_BATCH),
                values.get(RETENTION_MS),
                values.get(RETENTION_BYTES),
                values.get(SEGMENT_BYTES),
                values.get(SEGMENT_MS),
                values.get(DURABILITY));
    }

    /**
     * The same settings, each value in its one canonical form ("64MiB" becomes "67108864"), sorted
     * by name.
     *
     * @throws ConfigException if a name is unknown or a value is not allowed
     */
    public static SortedMap<String, String> canonical(Map<String, String> overrides) {
        of(overrides);
        return KEYS.canonical(overrides);
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
        effective.put(MAX_BATCH.name(), Integer.toString(maxBatchBytes));
        effective.put(RETENTION_MS.name(), Long.toString(retentionMs));
        effective.put(RETENTION_BYTES.name(), Long.toString(retentionBytes));
        effective.put(SEGMENT_BYTES.name(), Long.toString(segmentBytes));
        effective.put(SEGMENT_MS.name(), Long.toString(segmentMs));
        effective.put(DURABILITY.name(), durability.name());
        return effective;
    }
}
