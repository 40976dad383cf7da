package io.millrace.perf.load;

import io.millrace.perf.driver.Durability;

/** Specifications for tests: short, small, and changed by a letter or two. */
final class Specs {
    private Specs() {}

    static Spec of(Work work) {
        boolean backlog = work.isBacklog();
        if (work.isFailover()) {
            return of(work, 1, 1_000, 1, 1, 0, 0.2);
        }
        // Each idle partition gets a record.
        int partitions = work == Work.IDLE ? 40 : 4;
        return of(work, partitions, 0, work.isReceiving() ? 1 : 0, 1, backlog ? 500 : 0, 0.3);
    }

    static Spec of(
            Work work,
            int partitions,
            long rate,
            int subscribers,
            int publishers,
            long records,
            double seconds) {
        return new Spec(
                "memory",
                "nowhere:1",
                "a-test",
                work,
                "topic",
                partitions,
                3,
                Durability.FSYNC_MAJORITY,
                100,
                64 << 10,
                0.5,
                "none",
                rate,
                publishers,
                subscribers,
                1 << 20,
                records,
                0.2,
                seconds,
                true,
                7,
                60,
                work.isFailover() ? 2 : 0);
    }
}
