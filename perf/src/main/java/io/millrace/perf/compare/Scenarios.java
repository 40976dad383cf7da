package io.millrace.perf.compare;

import static io.millrace.perf.compare.Contestant.KAFKA_FSYNC;
import static io.millrace.perf.compare.Contestant.KAFKA_PAGE_CACHE;
import static io.millrace.perf.compare.Contestant.MILLRACE_FSYNC;

import io.millrace.perf.load.Work;
import java.util.List;
import java.util.Set;

/** The loads that there are. */
final class Scenarios {
    /** One record at a time: how fast is one partition? */
    static final String ONE_PARTITION = "1-topic-1-partition-1kb";

    static final String SMALL_RECORDS = "1-topic-1-partition-100b";
    static final String SIXTEEN_PARTITIONS = "1-topic-16-partitions-1kb";
    static final String OPEN_LOOP = "open-loop-5000";
    static final String DRAIN_ONE = "backlog-drain-1p";
    static final String DRAIN_SIXTEEN = "backlog-drain-16p";
    static final String FAN_OUT = "fan-out-8";
    static final String LARGE_64K = "large-messages-64kb";
    static final String LARGE_1M = "large-messages-1mb";
    static final String MANY_PUBLISHERS = "many-small-publishers";
    static final String END_TO_END = "end-to-end-one-at-a-time";

    static final String KILL_LEADER = "kill-leader";
    static final String PLANNED_MOVE = "planned-move";

    private static final int KIB = 1 << 10;
    private static final int MANY = 16;

    /** Each both systems take with the settings that they come with: below 1 MiB with its head. */
    private static final int LARGEST_RECORD = 1_000_000;

    private static final Set<Contestant> ALL = Set.of(Contestant.values());

    /** Where Kafka's way to acknowledge is none of what is measured. */
    private static final Set<Contestant> DEFAULTS = Set.of(MILLRACE_FSYNC, KAFKA_PAGE_CACHE);

    private Scenarios() {}

    /**
     * A scenario and who takes part.
     *
     * @param scenario the load
     * @param full who gets it in the full comparison
     * @param quick who gets it in the quick one; nobody: it is left out
     */
    record Entry(Scenario scenario, Set<Contestant> full, Set<Contestant> quick) {
        Set<Contestant> contestants(boolean inQuick) {
            return inQuick ? quick : full;
        }
    }

    /**
     * All of them, in the order in which they are done.
     *
     * @param backlogBytes of the values that wait where a backlog is read
     * @param failovers how often a leader is killed, or moved
     */
    static List<Entry> all(long backlogBytes, int failovers) {
        long backlog = backlogBytes / KIB;
        return List.of(
                new Entry(
                        publish(ONE_PARTITION, "publish, 1 partition, 1 KiB", 1, KIB, 0, 1),
                        ALL,
                        ALL),
                new Entry(
                        publish(
                                SIXTEEN_PARTITIONS,
                                "publish, 16 partitions, 1 KiB",
                                MANY,
                                KIB,
                                0,
                                1),
                        ALL,
                        ALL),
                new Entry(
                        publish(SMALL_RECORDS, "publish, 1 partition, 100 bytes", 1, 100, 0, 1),
                        ALL,
                        DEFAULTS),
                new Entry(
                        publish(
                                OPEN_LOOP,
                                "publish at 5,000 records/s, 16 partitions",
                                MANY,
                                KIB,
                                5_000,
                                1),
                        ALL,
                        DEFAULTS),
                new Entry(
                        drain(DRAIN_ONE, "read a backlog, 1 partition", 1, backlog),
                        DEFAULTS,
                        DEFAULTS),
                new Entry(
                        drain(DRAIN_SIXTEEN, "read a backlog, 16 partitions", MANY, backlog),
                        DEFAULTS,
                        DEFAULTS),
                new Entry(
                        new Scenario(
                                FAN_OUT,
                                "5,000 records/s to 8 subscribers each",
                                Work.FAN_OUT,
                                1,
                                KIB,
                                5_000,
                                1,
                                8,
                                0,
                                0),
                        DEFAULTS,
                        DEFAULTS),
                new Entry(
                        publish(LARGE_64K, "publish, 1 partition, 64 KiB", 1, 64 * KIB, 0, 1),
                        ALL,
                        DEFAULTS),
                new Entry(
                        publish(LARGE_1M, "publish, 1 partition, 1 MB", 1, LARGEST_RECORD, 0, 1),
                        ALL,
                        Set.of()),
                new Entry(
                        publish(
                                MANY_PUBLISHERS,
                                "100 publishers, 10,000 records/s together",
                                MANY,
                                KIB,
                                10_000,
                                100),
                        ALL,
                        Set.of()),
                new Entry(
                        new Scenario(
                                END_TO_END,
                                "one record at a time, to the subscriber and back",
                                Work.ONE_AT_A_TIME,
                                1,
                                KIB,
                                0,
                                1,
                                1,
                                0,
                                0),
                        Set.of(MILLRACE_FSYNC, KAFKA_FSYNC, KAFKA_PAGE_CACHE),
                        DEFAULTS),
                new Entry(
                        failover(
                                PLANNED_MOVE,
                                "the leadership of a partition is moved, " + failovers + " times",
                                Work.MOVE_LEADER,
                                failovers),
                        DEFAULTS,
                        Set.of()),
                new Entry(
                        failover(
                                KILL_LEADER,
                                "kill -9 of the leader of a partition, " + failovers + " times",
                                Work.KILL_LEADER,
                                failovers),
                        DEFAULTS,
                        Set.of()));
    }

    private static Scenario publish(
            String name, String title, int partitions, int recordBytes, long rate, int publishers) {
        return new Scenario(
                name, title, Work.PUBLISH, partitions, recordBytes, rate, publishers, 0, 0, 0);
    }

    /** A record every 4 ms, as fine as what is looked for: a client waits longer for a batch. */
    private static Scenario failover(String name, String title, Work work, int failovers) {
        return new Scenario(name, title, work, 1, KIB, 250, 1, 1, 0, failovers);
    }

    private static Scenario drain(String name, String title, int partitions, long records) {
        return new Scenario(name, title, Work.DRAIN, partitions, KIB, 0, 1, 1, records, 0);
    }
}
