package io.millrace.perf.measure;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What a benchmark found. What was not measured is null. As JSON it is stable: fields are added,
 * never changed.
 *
 * @param benchmark the verb
 * @param setting the conditions
 * @param published what was acknowledged
 * @param received what subscribers got
 * @param failures errors and retries
 * @param publishLatency from when a record was due, or given, to its acknowledgement
 * @param endToEndLatency from when a record was due, or given, to its receipt
 * @param scheduleDelay from when a record was due to when it was given to the publisher
 * @param verification what came back
 * @param good whether nothing failed and nothing is lost, doubled, out of order or corrupt
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
        String benchmark,
        Setting setting,
        Throughput published,
        Throughput received,
        Failures failures,
        Latency publishLatency,
        Latency endToEndLatency,
        Latency scheduleDelay,
        Verification verification,
        boolean good) {

    /** Judges by failures and verification, which may be null if it was not wanted. */
    public static Report of(
            String benchmark,
            Setting setting,
            Throughput published,
            Throughput received,
            Failures failures,
            Latency publishLatency,
            Latency endToEndLatency,
            Latency scheduleDelay,
            Verification verification) {
        return new Report(
                benchmark,
                setting,
                published,
                received,
                failures,
                publishLatency,
                endToEndLatency,
                scheduleDelay,
                verification,
                failures.none() && (verification == null || verification.good()));
    }
}
