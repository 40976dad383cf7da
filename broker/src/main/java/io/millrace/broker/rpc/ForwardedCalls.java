package io.millrace.broker.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Knows the calls that another broker makes for its client by a header, so that they are answered
 * from what is here and never passed on: no loops. Thread-safe.
 */
public final class ForwardedCalls implements ServerInterceptor {

    /** Set on calls of brokers; its value does not matter. */
    static final Metadata.Key<String> HEADER =
            Metadata.Key.of("millrace-forwarded", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<Boolean> FORWARDED = Context.key("millrace-forwarded");

    /** Whether the call of this thread comes from another broker; to be asked in its handler. */
    static boolean isForwarded() {
        return Boolean.TRUE.equals(FORWARDED.get());
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        return headers.containsKey(HEADER)
                ? Contexts.interceptCall(
                        Context.current().withValue(FORWARDED, true), call, headers, next)
                : next.startCall(call, headers);
    }
}
