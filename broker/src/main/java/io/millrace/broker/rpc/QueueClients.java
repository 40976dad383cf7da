package io.millrace.broker.rpc;

import io.grpc.stub.StreamObserver;
import io.millrace.broker.deadletters.RemoteDeadLetters;
import io.millrace.v1.AppendDeadLetterRequest;
import io.millrace.v1.AppendDeadLetterResponse;
import io.millrace.v1.DropDeadLettersRequest;
import io.millrace.v1.DropDeadLettersResponse;
import io.millrace.v1.ListDeadLettersRequest;
import io.millrace.v1.ListDeadLettersResponse;
import io.millrace.v1.QueueServiceGrpc;
import io.millrace.v1.QueueServiceGrpc.QueueServiceStub;
import io.millrace.v1.RedriveDeadLettersRequest;
import io.millrace.v1.RedriveDeadLettersResponse;
import io.millrace.v1.RedriveRecordsRequest;
import io.millrace.v1.RedriveRecordsResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * Calls other brokers about dead letters, over the connections of {@link BrokerClients}.
 * Thread-safe; no method blocks.
 */
public final class QueueClients implements RemoteDeadLetters {

    private static final int DEADLINE_S = 15;

    /** What goes through many dead letters takes its time. */
    private static final int LONG_DEADLINE_S = 30;

    /** More than a page with one dead letter as large as can be. */
    private static final int MAX_BYTES = 80 << 20;

    private final BrokerClients brokers;

    public QueueClients(BrokerClients brokers) {
        this.brokers = brokers;
    }

    @Override
    public CompletableFuture<AppendDeadLetterResponse> append(
            String address, AppendDeadLetterRequest request) {
        return call(address, DEADLINE_S, (stub, answer) -> stub.appendDeadLetter(request, answer));
    }

    @Override
    public CompletableFuture<RedriveRecordsResponse> redriveRecords(
            String address, RedriveRecordsRequest request) {
        return call(address, DEADLINE_S, (stub, answer) -> stub.redriveRecords(request, answer));
    }

    @Override
    public CompletableFuture<ListDeadLettersResponse> list(
            String address, ListDeadLettersRequest request) {
        return call(
                address, LONG_DEADLINE_S, (stub, answer) -> stub.listDeadLetters(request, answer));
    }

    @Override
    public CompletableFuture<RedriveDeadLettersResponse> redrive(
            String address, RedriveDeadLettersRequest request) {
        return call(
                address,
                LONG_DEADLINE_S,
                (stub, answer) -> stub.redriveDeadLetters(request, answer));
    }

    @Override
    public CompletableFuture<DropDeadLettersResponse> drop(
            String address, DropDeadLettersRequest request) {
        return call(
                address, LONG_DEADLINE_S, (stub, answer) -> stub.dropDeadLetters(request, answer));
    }

    private <T> CompletableFuture<T> call(
            String address, int deadlineS, BiConsumer<QueueServiceStub, StreamObserver<T>> method) {
        return brokers.call(address, QueueServiceGrpc::newStub, deadlineS, MAX_BYTES, method);
    }
}
