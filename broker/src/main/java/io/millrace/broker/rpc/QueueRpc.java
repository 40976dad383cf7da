package io.millrace.broker.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.deadletters.DeadLetterOffice.Desks;
import io.millrace.broker.receiving.ReceiveContext;
import io.millrace.broker.receiving.ReceiveSession;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.AppendDeadLetterRequest;
import io.millrace.v1.AppendDeadLetterResponse;
import io.millrace.v1.DropDeadLettersRequest;
import io.millrace.v1.DropDeadLettersResponse;
import io.millrace.v1.ListDeadLettersRequest;
import io.millrace.v1.ListDeadLettersResponse;
import io.millrace.v1.QueueServiceGrpc.QueueServiceImplBase;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.ReceiveResponse;
import io.millrace.v1.RedriveDeadLettersRequest;
import io.millrace.v1.RedriveDeadLettersResponse;
import io.millrace.v1.RedriveRecordsRequest;
import io.millrace.v1.RedriveRecordsResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Work queues over gRPC. Thread-safe. */
public final class QueueRpc extends QueueServiceImplBase {

    private final ReceiveContext receiving;
    private final DeadLetterCalls deadLetters;
    private final Set<ReceiveSession> open = ConcurrentHashMap.newKeySet();

    /**
     * @param desks those who answer about dead letters
     */
    public QueueRpc(ReceiveContext receiving, Desks desks) {
        this.receiving = receiving;
        this.deadLetters = new DeadLetterCalls(desks);
    }

    /** To be called about every 100 ms. */
    public void tick() {
        open.forEach(ReceiveSession::tick);
    }

    /** Ends all streams with a reason. */
    public void endAll(MillraceException reason) {
        open.forEach(session -> session.end(reason));
    }

    @Override
    public StreamObserver<ReceiveRequest> receive(StreamObserver<ReceiveResponse> responses) {
        ServerCallStreamObserver<ReceiveResponse> call =
                (ServerCallStreamObserver<ReceiveResponse>) responses;
        ReceiveSession session = new ReceiveSession(receiving, new ReceiveCall.Outlet(call));
        open.add(session);
        return new ReceiveCall(call, session, () -> open.remove(session)).begin();
    }

    @Override
    public void listDeadLetters(
            ListDeadLettersRequest request, StreamObserver<ListDeadLettersResponse> response) {
        deadLetters.list(request, response);
    }

    @Override
    public void redriveDeadLetters(
            RedriveDeadLettersRequest request,
            StreamObserver<RedriveDeadLettersResponse> response) {
        deadLetters.redrive(request, response);
    }

    @Override
    public void dropDeadLetters(
            DropDeadLettersRequest request, StreamObserver<DropDeadLettersResponse> response) {
        deadLetters.drop(request, response);
    }

    @Override
    public void appendDeadLetter(
            AppendDeadLetterRequest request, StreamObserver<AppendDeadLetterResponse> response) {
        deadLetters.append(request, response);
    }

    @Override
    public void redriveRecords(
            RedriveRecordsRequest request, StreamObserver<RedriveRecordsResponse> response) {
        deadLetters.redriveRecords(request, response);
    }
}
