package io.millrace.broker.rpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.publishing.AppendTarget;
import io.millrace.broker.publishing.PublishContext;
import io.millrace.broker.publishing.PublishOutlet;
import io.millrace.broker.publishing.PublishSession;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.message.AliasingMarshaller;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishServiceGrpc;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Publish streams over gRPC. Thread-safe. */
public final class PublishRpc implements BindableService {

    private final PublishContext context;
    private final Set<PublishSession> open = ConcurrentHashMap.newKeySet();

    public PublishRpc(PublishContext context) {
        this.context = context;
    }

    /** How many streams are open. */
    public int openStreams() {
        return open.size();
    }

    /** Tells all publishers that their streams are about to close. */
    public void goAway(MillraceException reason, int graceMs) {
        open.forEach(session -> session.goAway(reason, graceMs));
    }

    /** Batches stay where they are copied to from the network, and become entries there. */
    @Override
    public ServerServiceDefinition bindService() {
        MethodDescriptor<PublishRequest, PublishResponse> method =
                AliasingMarshaller.ofRequests(
                        PublishServiceGrpc.getPublishMethod(),
                        PublishRequest.parser(),
                        AppendTarget.ROOM_BYTES);
        ServiceDescriptor plain = PublishServiceGrpc.getServiceDescriptor();
        ServiceDescriptor service =
                ServiceDescriptor.newBuilder(plain.getName())
                        .setSchemaDescriptor(plain.getSchemaDescriptor())
                        .addMethod(method)
                        .build();
        return ServerServiceDefinition.builder(service)
                .addMethod(method, ServerCalls.asyncBidiStreamingCall(this::publish))
                .build();
    }

    private StreamObserver<PublishRequest> publish(StreamObserver<PublishResponse> responses) {
        ServerCallStreamObserver<PublishResponse> call =
                (ServerCallStreamObserver<PublishResponse>) responses;
        call.disableAutoRequest();
        PublishSession session = new PublishSession(context, new Outlet(call));
        open.add(session);
        call.setOnReadyHandler(session::onReady);
        call.setOnCancelHandler(() -> close(session));
        call.setOnCloseHandler(() -> close(session));
        call.request(1);
        return new StreamObserver<>() {
            @Override
            public void onNext(PublishRequest request) {
                session.onRequest(request);
            }

            @Override
            public void onError(Throwable error) {
                close(session);
            }

            @Override
            public void onCompleted() {
                session.onHalfClosed();
            }
        };
    }

    private void close(PublishSession session) {
        open.remove(session);
        session.onClosed();
    }

    /** The session calls it under its lock, so one thread at a time. */
    private record Outlet(ServerCallStreamObserver<PublishResponse> call) implements PublishOutlet {

        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public void send(PublishResponse response) {
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

        @Override
        public void fail(MillraceException reason) {
            if (!call.isCancelled()) {
                call.onError(WireError.toStatus(reason));
            }
        }
    }
}
