package io.millrace.broker.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.subscription.SubscriptionContext;
import io.millrace.broker.subscription.SubscriptionOutlet;
import io.millrace.broker.subscription.SubscriptionSession;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeServiceGrpc.SubscribeServiceImplBase;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Subscribe streams over gRPC. Thread-safe. */
public final class SubscribeRpc extends SubscribeServiceImplBase {

    private final SubscriptionContext context;
    private final Set<SubscriptionSession> open = ConcurrentHashMap.newKeySet();

    public SubscribeRpc(SubscriptionContext context) {
        this.context = context;
    }

    /** How many streams are open. */
    public int openStreams() {
        return open.size();
    }

    /** The filters that a partition is read with whose tests the broker has put off lately. */
    public Set<String> heldBackFilters(long partitionId) {
        return open.stream()
                .flatMap(session -> session.heldBackFilter(partitionId).stream())
                .collect(Collectors.toSet());
    }

    /** To be called once every heartbeat interval. */
    public void heartbeat() {
        open.forEach(SubscriptionSession::onHeartbeatTick);
    }

    /** Some replica is not on this broker any more; whoever reads from it is to turn elsewhere. */
    public void replicaRemoved() {
        open.forEach(SubscriptionSession::onReplicaRemoved);
    }

    /** Ends all streams with a reason. */
    public void endAll(MillraceException reason) {
        open.forEach(session -> session.fail(reason));
    }

    @Override
    public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> responses) {
        ServerCallStreamObserver<SubscribeResponse> call =
                (ServerCallStreamObserver<SubscribeResponse>) responses;
        call.disableAutoRequest();
        // The next is read while half of what was read before is still on its way.
        call.setOnReadyThreshold(Math.max(1, context.limits().readBytes() / 2));
        SubscriptionSession session = new SubscriptionSession(context, new Outlet(call));
        open.add(session);
        call.setOnReadyHandler(session::onReady);
        call.setOnCancelHandler(() -> close(session));
        call.setOnCloseHandler(() -> close(session));
        call.request(1);
        return new StreamObserver<>() {
            @Override
            public void onNext(SubscribeRequest request) {
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

    private void close(SubscriptionSession session) {
        open.remove(session);
        session.onClosed();
    }

    /** The session calls it in its turns, so one thread at a time. */
    private record Outlet(ServerCallStreamObserver<SubscribeResponse> call)
            implements SubscriptionOutlet {

        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public void send(SubscribeResponse response) {
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
