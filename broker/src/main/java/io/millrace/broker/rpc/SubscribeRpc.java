package io.millrace.broker.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.subscription.PartitionResolver;
import io.millrace.broker.subscription.SubscriptionLimits;
import io.millrace.broker.subscription.SubscriptionListener;
import io.millrace.broker.subscription.SubscriptionOutlet;
import io.millrace.broker.subscription.SubscriptionSession;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeServiceGrpc.SubscribeServiceImplBase;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** Subscribe streams over gRPC. Thread-safe. */
public final class SubscribeRpc extends SubscribeServiceImplBase {

    private final Handshake handshake;
    private final PartitionResolver resolver;
    private final Executor executor;
    private final Clock clock;
    private final SubscriptionLimits limits;
    private final SubscriptionListener listener;
    private final Set<SubscriptionSession> open = ConcurrentHashMap.newKeySet();

    public SubscribeRpc(
            Handshake handshake,
            PartitionResolver resolver,
            Executor executor,
            Clock clock,
            SubscriptionLimits limits,
            SubscriptionListener listener) {
        this.handshake = handshake;
        this.resolver = resolver;
        this.executor = executor;
        this.clock = clock;
        this.limits = limits;
        this.listener = listener;
    }

    /** How many streams are open. */
    public int openStreams() {
        return open.size();
    }

    /** To be called once every heartbeat interval. */
    public void heartbeat() {
        open.forEach(SubscriptionSession::onHeartbeatTick);
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
        SubscriptionSession session =
                new SubscriptionSession(
                        handshake, resolver, new Outlet(call), executor, clock, limits, listener);
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
