package io.millrace.perf.compare;

import static io.millrace.perf.compare.Contestant.KAFKA_FSYNC;
import static io.millrace.perf.compare.Contestant.KAFKA_PAGE_CACHE;

import java.util.List;

/**
 * What Millrace is to reach, as a ratio of its number to that of another in the same comparison.
 *
 * @param scenario under which load
 * @param metric which number
 * @param against whose number is 1
 * @param bound the ratio
 * @param atLeast whether the ratio must be no less than the bound; else no more
 */
record Target(String scenario, Metric metric, Contestant against, double bound, boolean atLeast) {

    /** All targets. Whether they are met is always told. */
    static final List<Target> ALL =
            List.of(
                    atLeast(3, Scenarios.ONE_PARTITION, Metric.PUBLISHED, KAFKA_FSYNC),
                    atLeast(2.5, Scenarios.SIXTEEN_PARTITIONS, Metric.PUBLISHED, KAFKA_FSYNC),
                    atLeast(1.5, Scenarios.ONE_PARTITION, Metric.PUBLISHED, KAFKA_PAGE_CACHE),
                    atLeast(1.5, Scenarios.SIXTEEN_PARTITIONS, Metric.PUBLISHED, KAFKA_PAGE_CACHE),
                    atLeast(1.5, Scenarios.SMALL_RECORDS, Metric.PUBLISHED, KAFKA_PAGE_CACHE),
                    atMost(0.4, Scenarios.ONE_PARTITION, Metric.BROKER_CPU, KAFKA_FSYNC),
                    atMost(0.4, Scenarios.SIXTEEN_PARTITIONS, Metric.BROKER_CPU, KAFKA_FSYNC),
                    atMost(0.6, Scenarios.ONE_PARTITION, Metric.BROKER_CPU, KAFKA_PAGE_CACHE),
                    atMost(0.6, Scenarios.SIXTEEN_PARTITIONS, Metric.BROKER_CPU, KAFKA_PAGE_CACHE),
                    atMost(0.25, Scenarios.OPEN_LOOP, Metric.ACK_P99, KAFKA_PAGE_CACHE),
                    atLeast(1.5, Scenarios.DRAIN_ONE, Metric.RECEIVED, KAFKA_PAGE_CACHE),
                    atLeast(1.5, Scenarios.DRAIN_SIXTEEN, Metric.RECEIVED, KAFKA_PAGE_CACHE),
                    atLeast(2, Scenarios.FAN_OUT, Metric.DELIVERED_PER_CPU, KAFKA_PAGE_CACHE),
                    atMost(1, Scenarios.END_TO_END, Metric.END_TO_END_P50, KAFKA_PAGE_CACHE),
                    atMost(1, Scenarios.END_TO_END, Metric.END_TO_END_P99, KAFKA_PAGE_CACHE),
                    atMost(0.2, Scenarios.KILL_LEADER, Metric.ACK_GAP, KAFKA_PAGE_CACHE),
                    atMost(0.5, Footprints.IDLE_1000, Metric.IDLE_CPU, KAFKA_PAGE_CACHE));

    /** Whether a ratio reaches it. */
    boolean isMetBy(double ratio) {
        return atLeast ? ratio >= bound : ratio <= bound;
    }

    private static Target atLeast(
            double bound, String scenario, Metric metric, Contestant against) {
        return new Target(scenario, metric, against, bound, true);
    }

    private static Target atMost(double bound, String scenario, Metric metric, Contestant against) {
        return new Target(scenario, metric, against, bound, false);
    }
}
