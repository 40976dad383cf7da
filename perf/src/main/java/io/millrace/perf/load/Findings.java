package io.millrace.perf.load;

import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.LatencyRecorder;
import io.millrace.perf.measure.Throughput;
import io.millrace.perf.measure.Verification;
import java.util.List;

/**
 * What a load found; what it did not measure is null.
 *
 * @param seconds how long was measured
 * @param published what was acknowledged
 * @param received what came, at all subscribers together
 * @param failures of publishers and subscribers
 * @param publish latency to the acknowledgement
 * @param endToEnd latency to the receipt
 * @param delay against the schedule
 * @param verification of every record; null if it was not wanted
 * @param failovers what each took; null if the work has none
 * @param recovery how long it took; null if the work has none
 */
record Findings(
        double seconds,
        Throughput published,
        Throughput received,
        Failures failures,
        LatencyRecorder publish,
        LatencyRecorder endToEnd,
        LatencyRecorder delay,
        Verification verification,
        List<Failover> failovers,
        Recovery recovery) {}
