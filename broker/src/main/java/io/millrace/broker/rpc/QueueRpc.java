package io.millrace.broker.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.receiving.ReceiveContext;
import io.millrace.broker.receiving.ReceiveSession;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.QueueServiceGrpc.QueueServiceImplBase;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.ReceiveResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Work queues over gRPC. Thread-safe. */
public final class QueueRpc extends QueueServiceImplBase {

    private final ReceiveContext receiving;
    private final Set<ReceiveSession> open = ConcurrentHashMap.newKeySet();

    public QueueRpc(ReceiveContext receiving) {
        this.receiving = receiving;
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
}
