package io.millrace.perf.compare;

import io.millrace.perf.driver.Assurance;
import io.millrace.perf.load.Failover;
import io.millrace.perf.load.LoadResult;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.Latency;
import io.millrace.perf.measure.Setting;
import io.millrace.perf.measure.Throughput;
import io.millrace.perf.measure.Verification;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Results as load processes give them. */
final class Results {
    private Results() {}

    /** Of a step: so many records in a second, with this p99, for so much time of the brokers. */
    static StepResult step(Step step, long records, double p99, double brokerSeconds) {
        return StepResult.of(
                step,
                load(step, records, p99, null),
                new BrokerCost(
                        brokerSeconds,
                        3 * 1024 * records,
                        4 * 1024 * records,
                        300L << 20,
                        200 << 20,
                        100 << 20,
                        90,
                        60,
                        300),
                Forces.of(records / 50, records),
                0.001,
                400 << 20);
    }

    /** Of a step whose records are not all accounted for. */
    static StepResult bad(Step step, String problem) {
        return StepResult.of(
                step,
                load(step, 1, 1, problem),
                new BrokerCost(1, 1L, 1, 1L, 1, 1, 1, 1, 1),
                Forces.uncounted("perf is not installed"),
                0,
                1 << 20);
    }

    /** Of a step in which the leader changed, with these gaps in milliseconds. */
    static StepResult failovers(Step step, double... gaps) {
        List<Failover> failovers =
                Arrays.stream(gaps)
                        .mapToObj(gap -> new Failover(1, 2, 7, gap, gap + 1, 3.0, 20.0))
                        .toList();
        return StepResult.of(step, load(step, 9, 8, null, failovers), null, null, 0, 1);
    }

    /** A round of these steps. */
    static RoundResult round(int number, String system, StepResult... steps) {
        return new RoundResult(
                number,
                system,
                system + " <1.0> & \"more\"",
                "2026-11-23T06:00:00Z",
                List.of(steps));
    }

    private static LoadResult load(Step step, long records, double p99, String problem) {
        return load(step, records, p99, problem, null);
    }

    private static LoadResult load(
            Step step, long records, double p99, String problem, List<Failover> failovers) {
        return new LoadResult(
                step.scenario().spec(step.contestant(), "127.0.0.1:1", "t", step.pace()),
                "a client",
                Map.of("publisher.acks", "all"),
                "2026-11-23T06:00:00Z",
                1,
                new Throughput(records, 1024 * records, 1, records, 1024 * records / 1e6, null),
                null,
                new Failures(0, 0, false, null),
                new Latency(records, p99 / 3, p99 / 4, p99 / 2, p99, 2 * p99, 3 * p99),
                null,
                null,
                new LoadResult.Histograms("HISTFAAA", null, null),
                new LoadResult.Cost(500, 10, 1),
                new Assurance(step.contestant().durability(), "the settings <say> so"),
                new Verification("by number", records, records, 0, 0, 0, 0, 0, null),
                failovers,
                null,
                new Setting.Machine("a JVM", 1 << 30, 2, "Linux"),
                problem == null,
                problem);
    }
}
