package io.millrace.perf.compare;

import static io.millrace.perf.compare.Contestant.KAFKA_PAGE_CACHE;
import static io.millrace.perf.compare.Contestant.MILLRACE_FSYNC;

import io.millrace.perf.load.Work;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How long it takes until all is as it was, after an accident. */
final class Recoveries {
    private static final int KIB = 1 << 10;
    private static final double GIB = 1 << 30;
    private static final int REPLICAS = 3;
    private static final int PARTITIONS = 16;

    /** Each with the settings that it comes with. */
    private static final Set<Contestant> DEFAULTS = Set.of(MILLRACE_FSYNC, KAFKA_PAGE_CACHE);

    private Recoveries() {}

    /**
     * All of them; the quick form has no time for any.
     *
     * @param bytes of the values on all brokers together
     */
    static List<Scenarios.Entry> all(long bytes) {
        return List.of(
                after(
                        Work.RESTART,
                        "restart-10gib",
                        "all brokers killed and started again, with %.1f GiB on all of them together",
                        bytes),
                after(
                        Work.CATCH_UP,
                        "catch-up",
                        "one of three killed and started again without its data, with %.1f GiB on"
                                + " all of them together before; no load meanwhile",
                        bytes));
    }

    private static Scenarios.Entry after(Work work, String name, String title, long bytes) {
        return new Scenarios.Entry(
                new Scenario(
                        name,
                        String.format(Locale.ROOT, title, bytes / GIB),
                        work,
                        PARTITIONS,
                        KIB,
                        0,
                        1,
                        0,
                        bytes / REPLICAS / KIB,
                        0),
                DEFAULTS,
                Set.of());
    }
}
