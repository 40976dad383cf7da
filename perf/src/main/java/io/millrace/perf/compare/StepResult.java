package io.millrace.perf.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.perf.load.LoadResult;

/**
 * What one step found.
 *
 * @param scenario its name
 * @param contestant who was measured
 * @param load what the load process found; null if it failed
 * @param brokers what it took of the brokers; null if it failed, or if leaders changed meanwhile
 * @param forces how often they had files written to the disk; null if that was not looked at
 * @param stolen the share of the processors' time that other machines took, 0 to 1
 * @param freeBytes of memory that nobody used when it began; null if it failed
 * @param problem why it does not count; null if it does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record StepResult(
        String scenario,
        Contestant contestant,
        LoadResult load,
        BrokerCost brokers,
        Forces forces,
        double stolen,
        Long freeBytes,
        String problem) {

    /** Of a step that broke off. */
    static StepResult failed(Step step, String problem) {
        return new StepResult(
                step.scenario().name(), step.contestant(), null, null, null, 0, null, problem);
    }

    /** Of a step that went to its end; its records need not be accounted for. */
    static StepResult of(
            Step step,
            LoadResult load,
            BrokerCost brokers,
            Forces forces,
            double stolen,
            long freeBytes) {
        return new StepResult(
                step.scenario().name(),
                step.contestant(),
                load,
                brokers,
                forces,
                stolen,
                freeBytes,
                load.good() ? null : load.problem());
    }

    /** Whether its numbers count. */
    boolean counts() {
        return problem == null;
    }
}
