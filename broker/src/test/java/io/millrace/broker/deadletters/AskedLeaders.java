package io.millrace.broker.deadletters;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Other brokers, which do whatever they are asked and remember it. */
final class AskedLeaders implements RemoteDeadLetters {

    final List<Object> asked = new ArrayList<>();
    final List<String> addresses = new ArrayList<>();
    ListDeadLettersResponse page = ListDeadLettersResponse.getDefaultInstance();
    ErrorCode failure;

    @Override
    public CompletableFuture<AppendDeadLetterResponse> append(
            String address, AppendDeadLetterRequest request) {
        return answer(address, request, AppendDeadLetterResponse.getDefaultInstance());
    }

    @Override
    public CompletableFuture<RedriveRecordsResponse> redriveRecords(
            String address, RedriveRecordsRequest request) {
        return answer(address, request, RedriveRecordsResponse.getDefaultInstance());
    }

    @Override
    public CompletableFuture<ListDeadLettersResponse> list(
            String address, ListDeadLettersRequest request) {
        return answer(address, request, page);
    }

    @Override
    public CompletableFuture<RedriveDeadLettersResponse> redrive(
            String address, RedriveDeadLettersRequest request) {
        return answer(
                address, request, RedriveDeadLettersResponse.newBuilder().setCount(7).build());
    }

    @Override
    public CompletableFuture<DropDeadLettersResponse> drop(
            String address, DropDeadLettersRequest request) {
        return answer(address, request, DropDeadLettersResponse.newBuilder().setCount(7).build());
    }

    private <T> CompletableFuture<T> answer(String address, Object request, T value) {
        asked.add(request);
        addresses.add(address);
        return failure == null
                ? CompletableFuture.completedFuture(value)
                : CompletableFuture.failedFuture(MillraceException.of(failure, "refused there"));
    }
}
