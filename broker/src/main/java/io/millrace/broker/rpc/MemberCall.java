package io.millrace.broker.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.millrace.broker.coordinator.MemberOutlet;
import io.millrace.v1.MemberResponse;

/** An attend stream over gRPC, on the side of the coordinator. Thread-safe. */
final class MemberCall implements MemberOutlet {

    private final ServerCallStreamObserver<MemberResponse> call;
    private boolean ended;

    MemberCall(ServerCallStreamObserver<MemberResponse> call) {
        this.call = call;
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public synchronized void send(MemberResponse response) {
        if (!ended && !call.isCancelled()) {
            call.onNext(response);
        }
    }

    @Override
    public synchronized void requestNext() {
        if (!ended) {
            call.request(1);
        }
    }

    @Override
    public synchronized void complete() {
        if (!ended && !call.isCancelled()) {
            call.onCompleted();
        }
        ended = true;
    }
}
