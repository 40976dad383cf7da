package io.millrace.broker.cluster;

import io.millrace.v1.GetReportsResponse;
import java.util.concurrent.CompletableFuture;

/** Where the reports of all brokers are had: from the controller's leader. Thread-safe. */
@FunctionalInterface
public interface ReportSource {

    /** Knows of no broker but this one. */
    ReportSource NONE =
            () -> CompletableFuture.completedFuture(GetReportsResponse.getDefaultInstance());

    /** The newest reports, within a few seconds; fails if the leader is not reached. */
    CompletableFuture<GetReportsResponse> reports();
}
