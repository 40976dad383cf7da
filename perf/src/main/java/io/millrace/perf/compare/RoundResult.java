package io.millrace.perf.compare;

import java.util.List;

/**
 * What one round found.
 *
 * @param number of the round
 * @param system whose cluster
 * @param cluster version and settings that matter
 * @param startTime when it began, ISO-8601 in UTC
 * @param steps what each found
 */
record RoundResult(
        int number, String system, String cluster, String startTime, List<StepResult> steps) {
    RoundResult {
        steps = List.copyOf(steps);
    }
}
