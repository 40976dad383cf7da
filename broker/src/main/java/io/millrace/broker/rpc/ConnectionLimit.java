package io.millrace.broker.rpc;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.StatusRuntimeException;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the connections: on those that come when there are enough, every call is refused with
 * OVERLOADED, so that their clients hear why and turn elsewhere. Thread-safe.
 */
final class ConnectionLimit implements ServerInterceptor {

    private static final Attributes.Key<Boolean> TOO_MANY =
            Attributes.Key.create("millrace-too-many");

    private final int limit;
    private final AtomicInteger open = new AtomicInteger();

    ConnectionLimit(int limit) {
        this.limit = limit;
    }

    /** Counts connections and marks those above the limit. */
    ServerTransportFilter filter() {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                boolean tooMany = open.incrementAndGet() > limit;
                return attributes.toBuilder().set(TOO_MANY, tooMany).build();
            }

            @Override
            public void transportTerminated(Attributes attributes) {
                // Null for a connection that broke before it was ready, and was not counted.
                if (attributes != null && attributes.get(TOO_MANY) != null) {
                    open.decrementAndGet();
                }
            }
        };
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (!Boolean.TRUE.equals(call.getAttributes().get(TOO_MANY))) {
            return next.startCall(call, headers);
        }
        StatusRuntimeException refusal =
                WireError.toStatus(
                        MillraceException.of(
                                        ErrorCode.OVERLOADED,
                                        "the broker has %d connections, its limit; close some, or"
                                                        .formatted(limit)
                                                + " raise limits.connections")
                                .with("limits.connections", limit));
        call.close(refusal.getStatus(), refusal.getTrailers());
        return new ServerCall.Listener<>() {};
    }
}
