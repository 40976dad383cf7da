package io.millrace.broker.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The settings of one consumer group. Immutable.
 *
 * <p>The limits of a setting may be widened but never narrowed: what a group has once been given is
 * in the controller's log and checkpoint, and must be readable for ever.
 *
 * @param assignor how partitions are spread over members
 * @param leaseMs how long a member may be silent, in milliseconds
 * @param revocationTimeoutMs how long a member may keep what it is to give up, in milliseconds
 * @param maxMembers the most members
 * @param maxDeliveries after how many deliveries a record is given up
 * @param deliveryLeaseMs how long a delivery may take, in milliseconds
 * @param queueWindow how many records above the oldest open one are looked at
 * @param breakerPercent beyond how many given-up records in a hundred a queue stops; 100: never
 * @param start where a partition begins that the group has not received from
 * @param filter which records are delivered, see docs/reference/filter.md; empty: all
 */
public record GroupConfig(
        Assignor assignor,
        long leaseMs,
        long revocationTimeoutMs,
        int maxMembers,
        int maxDeliveries,
        long deliveryLeaseMs,
        int queueWindow,
        int breakerPercent,
        Start start,
        String filter) {

    /** How partitions are spread over members. */
    public enum Assignor {
        /** Evenly by weight, moving as few partitions as possible. */
        STICKY,
        /** Neighbouring partitions of each topic to one member. */
        RANGE,
        /** As sticky, members near the replicas first. */
        RACK
    }

    /** Where a group begins in a partition. */
    public enum Start {
        /** At the oldest record. */
        EARLIEST,
        /** Behind the newest record. */
        LATEST
    }

    private static final ConfigKey<Assignor> ASSIGNOR =
            new ConfigKey<>(
                    "assignor",
                    ConfigType.oneOf(Assignor.class, true),
                    Assignor.STICKY,
                    ConfigRule.any(),
                    "How partitions are spread over members. sticky: evenly by weight, moving as"
                            + " few partitions as possible. range: neighbouring partitions of each"
                            + " topic to one member. rack: as sticky, members in the rack of the"
                            + " partition's leader first.",
                    "0.1.0");
    private static final ConfigKey<Long> LEASE =
            new ConfigKey<>(
                    "lease.ms",
                    ConfigType.DURATION,
                    10_000L,
                    ConfigRule.between(ConfigType.DURATION, 1_000, 300_000),
                    "How long a member may be silent before its partitions are given to others,"
                            + " unless it asks for another lease. Heartbeats come three times as"
                            + " often, whatever the member's work takes.",
                    "0.1.0");
    private static final ConfigKey<Long> REVOCATION_TIMEOUT =
            new ConfigKey<>(
                    "revocation.timeout.ms",
                    ConfigType.DURATION,
                    60_000L,
                    ConfigRule.between(ConfigType.DURATION, 1_000, 3_600_000),
                    "How long a member may finish what it has of a partition that it is to give"
                            + " up. Then the partition is taken away; the member keeps the rest.",
                    "0.1.0");
    private static final ConfigKey<Long> MAX_MEMBERS =
            new ConfigKey<>(
                    "max.members",
                    ConfigType.NUMBER,
                    1_000L,
                    ConfigRule.between(ConfigType.NUMBER, 1, 10_000),
                    "The most members at a time; more are refused with GROUP_FULL.",
                    "0.1.0");
    private static final ConfigKey<Long> MAX_DELIVERIES =
            new ConfigKey<>(
                    "max.deliveries",
                    ConfigType.NUMBER,
                    10L,
                    ConfigRule.between(ConfigType.NUMBER, 1, 1_000),
                    "Queue mode: after so many deliveries a record is given up and goes to the"
                            + " dead letters, with the reason.",
                    "0.1.0");
    private static final ConfigKey<Long> DELIVERY_LEASE =
            new ConfigKey<>(
                    "delivery.lease.ms",
                    ConfigType.DURATION,
                    30_000L,
                    ConfigRule.between(ConfigType.DURATION, 1_000, 3_600_000),
                    "Queue mode: how long a delivery may take before the record is delivered"
                            + " again, unless the member asks for another lease or extends it.",
                    "0.1.0");
    private static final ConfigKey<Long> QUEUE_WINDOW =
            new ConfigKey<>(
                    "queue.window",
                    ConfigType.NUMBER,
                    65_536L,
                    ConfigRule.between(ConfigType.NUMBER, 16, 65_536),
                    "Queue mode: how far above its oldest open record a partition is delivered, in"
                            + " records. More flows past slow or delayed records, and costs memory"
                            + " on the partition's leader.",
                    "0.1.0");
    private static final ConfigKey<Long> BREAKER =
            new ConfigKey<>(
                    "dead-letter.breaker.percent",
                    ConfigType.NUMBER,
                    50L,
                    ConfigRule.between(ConfigType.NUMBER, 0, 100),
                    "Queue mode: when more of the last hundred settled records of a partition were"
                            + " given up, the partition stops and an alert is raised, instead of"
                            + " draining the topic into the dead letters. 0: at the first one."
                            + " 100: never.",
                    "0.1.0");
    private static final ConfigKey<Start> START =
            new ConfigKey<>(
                    "start",
                    ConfigType.oneOf(Start.class, true),
                    Start.EARLIEST,
                    ConfigRule.any(),
                    "Queue mode: where a partition begins that the group has never received from."
                            + " earliest: at its oldest record. latest: behind its newest one, unless"
                            + " the partition came into being while the group followed its topic.",
                    "0.1.0");
    private static final ConfigKey<String> FILTER =
            new ConfigKey<>(
                    "filter",
                    ConfigType.FILTER,
                    "",
                    ConfigRule.any(),
                    "Queue mode: only records for which this expression holds are delivered"
                            + " ([filter.md](filter.md)), at most 4,096 characters; all others"
                            + " count as done. A change holds for records read from then on. Empty:"
                            + " all.",
                    "0.1.0");

    /** All group settings. */
    static final ConfigRegistry KEYS =
            new ConfigRegistry(
                    "group setting",
                    "docs/reference/group-config.md",
                    List.of(
                            ASSIGNOR,
                            LEASE,
                            REVOCATION_TIMEOUT,
                            MAX_MEMBERS,
                            MAX_DELIVERIES,
                            DELIVERY_LEASE,
                            QUEUE_WINDOW,
                            BREAKER,
                            START,
                            FILTER));

    /** The settings of a group for which nobody has said anything. */
    public static final GroupConfig DEFAULTS = of(Map.of());

    /**
     * The settings with some that differ from their defaults.
     *
     * @throws ConfigException if a name is unknown or a value is not allowed
     */
    public static GroupConfig of(Map<String, String> overrides) {
        ConfigValues values = ConfigValues.parse(KEYS, overrides);
        return new GroupConfig(
                values.get(ASSIGNOR),
                values.get(LEASE),
                values.get(REVOCATION_TIMEOUT),
                values.getInt(MAX_MEMBERS),
                values.getInt(MAX_DELIVERIES),
                values.get(DELIVERY_LEASE),
                values.getInt(QUEUE_WINDOW),
                values.getInt(BREAKER),
                values.get(START),
                values.get(FILTER));
    }

    /**
     * The same settings, each value in its one canonical form, sorted by name.
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
    public static Map<String, String> effective(Map<String, String> overrides) {
        return of(overrides).effective();
    }

    /** These settings by name, all of them, in canonical form. */
    public Map<String, String> effective() {
        Map<String, String> effective = new LinkedHashMap<>();
        effective.put(ASSIGNOR.name(), ASSIGNOR.type().canonical().apply(assignor));
        effective.put(LEASE.name(), Long.toString(leaseMs));
        effective.put(REVOCATION_TIMEOUT.name(), Long.toString(revocationTimeoutMs));
        effective.put(MAX_MEMBERS.name(), Integer.toString(maxMembers));
        effective.put(MAX_DELIVERIES.name(), Integer.toString(maxDeliveries));
        effective.put(DELIVERY_LEASE.name(), Long.toString(deliveryLeaseMs));
        effective.put(QUEUE_WINDOW.name(), Integer.toString(queueWindow));
        effective.put(BREAKER.name(), Integer.toString(breakerPercent));
        effective.put(START.name(), START.type().canonical().apply(start));
        effective.put(FILTER.name(), filter);
        return effective;
    }

    /**
     * These settings as the log and checkpoints keep them: those of the first format always, later
     * ones only where they differ from the default, so that the bytes of a group that does not use
     * them stay the same.
     */
    public Map<String, String> stored() {
        Map<String, String> stored = effective();
        if (start == START.defaultValue()) {
            stored.remove(START.name());
        }
        if (filter.equals(FILTER.defaultValue())) {
            stored.remove(FILTER.name());
        }
        return stored;
    }
}
