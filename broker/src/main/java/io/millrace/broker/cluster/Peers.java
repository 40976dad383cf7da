package io.millrace.broker.cluster;

import io.millrace.v1.GetReportsResponse;
import io.millrace.v1.GreetRequest;
import io.millrace.v1.GreetResponse;
import io.millrace.v1.HandOverRequest;
import io.millrace.v1.SubmitCommandRequest;
import io.millrace.v1.SubmitCommandResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Calls to other brokers. Thread-safe; nothing blocks. What fails, fails with a {@link
 * io.millrace.protocol.error.MillraceException}; a call that did not get through has the outcome
 * UNKNOWN. Futures complete on network threads: what depends on them must not block.
 */
public interface Peers {

    /** Asks whoever is at an address who it is. */
    CompletableFuture<GreetResponse> greet(String address, GreetRequest request, Duration deadline);

    /** Has a command ordered by the controller's leader. */
    CompletableFuture<SubmitCommandResponse> submit(
            int nodeId, SubmitCommandRequest request, Duration deadline);

    /** All reports that the controller's leader has. */
    CompletableFuture<GetReportsResponse> reports(int nodeId, Duration deadline);

    /** Has a leadership handed over by the broker that holds it. */
    CompletableFuture<Void> handOver(int nodeId, HandOverRequest request, Duration deadline);

    /** Opens a stream of reports to the controller's leader. */
    ReportStream attend(int nodeId, NewsListener listener);

    /** Whether there is a connection to a broker, as far as known. */
    boolean isReachable(int nodeId);
}
