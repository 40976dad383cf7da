package io.millrace.broker.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.coordinator.Coordinators;
import io.millrace.broker.coordinator.MemberSession;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.GroupServiceGrpc.GroupServiceImplBase;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The group service over gRPC. Thread-safe. */
public final class GroupRpc extends GroupServiceImplBase {

    private final Coordinators coordinators;
    private final Set<MemberSession> open = ConcurrentHashMap.newKeySet();

    public GroupRpc(Coordinators coordinators) {
        this.coordinators = coordinators;
    }

    /** How many attend streams are open. */
    public int openStreams() {
        return open.size();
    }

    /** Ends all attend streams with a reason. */
    public void endAll(MillraceException reason) {
        open.forEach(session -> session.end(reason));
    }

    @Override
    public StreamObserver<MemberRequest> attend(StreamObserver<MemberResponse> responses) {
        ServerCallStreamObserver<MemberResponse> call =
                (ServerCallStreamObserver<MemberResponse>) responses;
        call.disableAutoRequest();
        MemberSession session =
                new MemberSession(coordinators, new MemberCall(call), CallerAddress.present());
        open.add(session);
        call.setOnReadyHandler(session::onReady);
        call.setOnCancelHandler(() -> close(session));
        call.setOnCloseHandler(() -> close(session));
        call.request(1);
        return new StreamObserver<>() {
            @Override
            public void onNext(MemberRequest request) {
                session.onRequest(request);
            }

            @Override
            public void onError(Throwable error) {
                close(session);
            }

            @Override
            public void onCompleted() {
                session.onClosed();
            }
        };
    }

    private void close(MemberSession session) {
        open.remove(session);
        session.onClosed();
    }
}
