package io.millrace.broker.rpc;

import io.grpc.stub.StreamObserver;
import io.millrace.broker.deadletters.DeadLetterOffice.Desks;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
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

/** The calls of the queue service that are about dead letters. Thread-safe. */
final class DeadLetterCalls {

    private final Desks desks;

    DeadLetterCalls(Desks desks) {
        this.desks = desks;
    }

    void list(ListDeadLettersRequest request, StreamObserver<ListDeadLettersResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(response, () -> desks.letters().list(request, forwarded));
    }

    void redrive(
            RedriveDeadLettersRequest request,
            StreamObserver<RedriveDeadLettersResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(response, () -> desks.letters().redrive(request, forwarded));
    }

    void drop(DropDeadLettersRequest request, StreamObserver<DropDeadLettersResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(response, () -> desks.letters().drop(request, forwarded));
    }

    void append(
            AppendDeadLetterRequest request, StreamObserver<AppendDeadLetterResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(
                response,
                () -> {
                    requireBroker(forwarded, "AppendDeadLetter");
                    return desks.copies().append(request);
                });
    }

    void redriveRecords(
            RedriveRecordsRequest request, StreamObserver<RedriveRecordsResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(
                response,
                () -> {
                    requireBroker(forwarded, "RedriveRecords");
                    return desks.records().redrive(request, true);
                });
    }

    private static void requireBroker(boolean forwarded, String call) {
        if (!forwarded) {
            throw MillraceException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    call + " is for brokers; use RedriveDeadLetters, or publish to the topic");
        }
    }
}
