package io.millrace.broker.deadletters;

import io.millrace.v1.AppendDeadLetterRequest;
import io.millrace.v1.AppendDeadLetterResponse;
import io.millrace.v1.DropDeadLettersRequest;
import io.millrace.v1.DropDeadLettersResponse;
import io.millrace.v1.ListDeadLettersRequest;
import io.millrace.v1.ListDeadLettersResponse;
import io.millrace.v1.RedriveDeadLettersRequest;
import io.millrace.v1.RedriveDeadLettersResponse;
import io.millrace.v1.RedriveRecordsRequest;
import io.millrace.v1.RedriveRecordsResponse;
import java.util.concurrent.CompletableFuture;

/**
 * Asks other brokers about partitions that they lead. They answer for themselves alone and ask
 * nobody in turn, but for the origins of what they redrive. Addresses are where clients reach a
 * broker, host:port. Thread-safe; no method blocks. Every future ends within 30 s, and fails with a
 * MillraceException.
 */
public interface RemoteDeadLetters {

    /** Writes a copy. */
    CompletableFuture<AppendDeadLetterResponse> append(
            String address, AppendDeadLetterRequest request);

    /** Has records delivered again. */
    CompletableFuture<RedriveRecordsResponse> redriveRecords(
            String address, RedriveRecordsRequest request);

    /** Lists dead letters of the partitions that the request names. */
    CompletableFuture<ListDeadLettersResponse> list(String address, ListDeadLettersRequest request);

    /** Redrives dead letters of the partitions that the request names. */
    CompletableFuture<RedriveDeadLettersResponse> redrive(
            String address, RedriveDeadLettersRequest request);

    /** Drops dead letters of the partitions that the request names. */
    CompletableFuture<DropDeadLettersResponse> drop(String address, DropDeadLettersRequest request);
}
