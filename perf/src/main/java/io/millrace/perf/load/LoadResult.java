package io.millrace.perf.load;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.perf.driver.Assurance;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.Latency;
import io.millrace.perf.measure.LatencyRecorder;
import io.millrace.perf.measure.Setting;
import io.millrace.perf.measure.Throughput;
import io.millrace.perf.measure.Verification;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What one load process found: its output as JSON. What was not measured is left out.
 *
 * @param spec what it was to do
 * @param client the client library and its version
 * @param settings of the publishers, the subscribers and the topic, as the client has them
 * @param startTime when the measurement began, ISO-8601 in UTC
 * @param seconds how long it took, to the last answer or record
 * @param published what was acknowledged in it
 * @param received what subscribers got in it, all of them together
 * @param failures errors and retries
 * @param publishLatency from when a record was due, or given, to its acknowledgement
 * @param endToEndLatency from when a record was due, or given, to its receipt
 * @param scheduleDelay from when a record was due to when it was given to the publisher
 * @param histograms of these latencies
 * @param cost what it took of this process
 * @param assurance what acknowledgements stood for; null if that could not be found out
 * @param verification what came back of the records; null if it was not wanted
 * @param failovers what each took, in the order in which they were; null if there are none
 * @param recovery how long it took until all was as it was; null if nothing had happened
 * @param machine where this process ran
 * @param good whether nothing failed, nothing is lost, doubled, out of order or corrupt, and the
 *     durability is the one that was asked for
 * @param problem the first thing that is not good, one sentence
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LoadResult(
        Spec spec,
        String client,
        Map<String, String> settings,
        String startTime,
        double seconds,
        Throughput published,
        Throughput received,
        Failures failures,
        Latency publishLatency,
        Latency endToEndLatency,
        Latency scheduleDelay,
        Histograms histograms,
        Cost cost,
        Assurance assurance,
        Verification verification,
        List<Failover> failovers,
        Recovery recovery,
        Setting.Machine machine,
        boolean good,
        String problem) {

    /** Puts together what a load found, asks for the durability, and judges. */
    static LoadResult of(LoadRun run, Instant start, Cost cost, Findings findings) {
        Assurance assurance = null;
        String problem = problem(run.spec().work(), findings);
        try {
            assurance = run.driver().assurance(run.spec().topic());
        } catch (IllegalStateException e) {
            problem = problem == null ? e.getMessage() : problem;
        }
        if (problem == null && assurance.durability() != run.spec().durability()) {
            problem =
                    "durability is %s, where %s was wanted: %s"
                            .formatted(
                                    assurance.durability(),
                                    run.spec().durability(),
                                    assurance.evidence());
        }
        return new LoadResult(
                run.spec(),
                run.driver().client(),
                run.driver().settings(),
                start.toString(),
                findings.seconds(),
                findings.published(),
                findings.received(),
                findings.failures(),
                latency(findings.publish()),
                latency(findings.endToEnd()),
                latency(findings.delay()),
                new Histograms(
                        encoded(findings.publish()),
                        encoded(findings.endToEnd()),
                        encoded(findings.delay())),
                cost,
                assurance,
                findings.verification(),
                findings.failovers(),
                findings.recovery(),
                Setting.Machine.here(),
                problem == null,
                problem);
    }

    private static String problem(Work work, Findings findings) {
        Failures failures = findings.failures();
        Verification found = findings.verification();
        if (!failures.none()) {
            return "%d records failed; the first failure: %s"
                    .formatted(failures.failed(), failures.first());
        }
        if (found != null && !found.good()) {
            return found.firstProblem();
        }
        if (found != null && found.foreign() > 0) {
            return "%d records came that were not sent in the measurement"
                    .formatted(found.foreign());
        }
        if (work != Work.IDLE
                && !work.isRecovery()
                && isEmpty(findings.published())
                && isEmpty(findings.received())) {
            return "not a single record went through";
        }
        return null;
    }

    private static boolean isEmpty(Throughput throughput) {
        return throughput == null || throughput.records() == 0;
    }

    private static Latency latency(LatencyRecorder recorder) {
        return recorder == null ? null : recorder.latency();
    }

    private static String encoded(LatencyRecorder recorder) {
        return recorder == null ? null : recorder.encoded();
    }

    /**
     * HdrHistograms of nanoseconds, compressed (format V2, deflated), in Base64.
     *
     * @param publish of the publish latency
     * @param endToEnd of the latency to the receipt
     * @param scheduleDelay of the delay against the schedule
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Histograms(String publish, String endToEnd, String scheduleDelay) {}

    /**
     * What the measurement took of this process: client and generator together.
     *
     * @param cpuMs of all threads, milliseconds
     * @param gcMs that collections took, milliseconds
     * @param collections how many
     */
    public record Cost(double cpuMs, long gcMs, long collections) {}
}
