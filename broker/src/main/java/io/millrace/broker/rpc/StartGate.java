package io.millrace.broker.rpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;

/**
 * Refuses all calls until the broker knows what there is: an answer before that could say of a
 * topic that it does not exist. Thread-safe.
 */
public final class StartGate implements ServerInterceptor {

    private volatile boolean open;

    /** Lets calls pass from now on. */
    public void open() {
        open = true;
    }

    /** Whether calls pass. */
    public boolean isOpen() {
        return open;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (open) {
            return next.startCall(call, headers);
        }
        io.grpc.StatusRuntimeException refusal =
                WireError.toStatus(
                        MillraceException.of(
                                ErrorCode.NOT_READY,
                                "the broker is starting; try again, or turn to another broker"));
        call.close(refusal.getStatus(), refusal.getTrailers());
        return new ServerCall.Listener<>() {};
    }
}
