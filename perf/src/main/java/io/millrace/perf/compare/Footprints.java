package io.millrace.perf.compare;

import static io.millrace.perf.compare.Contestant.KAFKA_PAGE_CACHE;
import static io.millrace.perf.compare.Contestant.MILLRACE_FSYNC;

import io.millrace.perf.load.Work;
import java.util.List;
import java.util.Set;

/** What partitions cost that are there and have nothing to do. */
final class Footprints {
    /** The one that has a target. */
    static final String IDLE_1000 = "idle-1000";

    private static final int KIB = 1 << 10;

    /** Their way to acknowledge makes no difference to those who rest. */
    private static final Set<Contestant> DEFAULTS = Set.of(MILLRACE_FSYNC, KAFKA_PAGE_CACHE);

    private Footprints() {}

    /** All of them; the quick form has no time for any. */
    static List<Scenarios.Entry> all() {
        return List.of(
                idle("idle-10", "10 idle partitions", 10, 0),
                idle("idle-100", "100 idle partitions", 100, 0),
                idle(IDLE_1000, "1,000 idle partitions", 1_000, 0),
                idle(
                        "idle-5000",
                        "5,000 partitions; 50 get a record a second each, the others are idle",
                        5_000,
                        50));
    }

    private static Scenarios.Entry idle(String name, String title, int partitions, long rate) {
        return new Scenarios.Entry(
                new Scenario(name, title, Work.IDLE, partitions, KIB, rate, 1, 0, 0, 0),
                DEFAULTS,
                Set.of());
    }
}
