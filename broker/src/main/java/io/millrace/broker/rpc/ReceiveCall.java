package io.millrace.broker.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.receiving.ReceiveOutlet;
import io.millrace.broker.receiving.ReceiveSession;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.ReceiveResponse;

/** A receive stream over gRPC. */
final class ReceiveCall implements StreamObserver<ReceiveRequest> {

    private final ServerCallStreamObserver<ReceiveResponse> call;
    private final ReceiveSession session;
    private final Runnable over;

    /**
     * @param over runs when the stream is over, once or more often
     */
    ReceiveCall(
            ServerCallStreamObserver<ReceiveResponse> call, ReceiveSession session, Runnable over) {
        this.call = call;
        this.session = session;
        this.over = over;
    }

    /** Takes requests from now on, one at a time as the session asks for them. */
    ReceiveCall begin() {
        call.disableAutoRequest();
        call.setOnReadyHandler(session::onReady);
        call.setOnCancelHandler(this::close);
        call.setOnCloseHandler(this::close);
        call.request(1);
        return this;
    }

    @Override
    public void onNext(ReceiveRequest request) {
        session.onRequest(request);
    }

    @Override
    public void onError(Throwable error) {
        close();
    }

    @Override
    public void onCompleted() {
        session.onHalfClosed();
    }

    private void close() {
        over.run();
        session.onClosed();
    }

    /** The session calls it under its lock, so one thread at a time. */
    record Outlet(ServerCallStreamObserver<ReceiveResponse> call) implements ReceiveOutlet {

        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public void send(ReceiveResponse response) {
            if (!call.isCancelled()) {
                call.onNext(response);
            }
        }

        @Override
        public void requestNext() {
            call.request(1);
        }

        @Override
        public void complete() {
            if (!call.isCancelled()) {
                call.onCompleted();
            }
        }
    }
}
