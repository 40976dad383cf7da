package io.millrace.broker.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.millrace.broker.metrics.CallMetrics;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Counts every gRPC call while it runs and when it ends, and measures the unary ones. gRPC calls
 * interceptors only for methods that the server has, so a client cannot make up new series.
 */
public final class RpcMetrics implements ServerInterceptor {

    private final CallMetrics metrics;
    private final LongSupplier nanoTime;

    /**
     * @param nanoTime the monotonic clock, in nanoseconds
     */
    public RpcMetrics(CallMetrics metrics, LongSupplier nanoTime) {
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Measurement measurement = new Measurement(call.getMethodDescriptor());
        ServerCall<Q, R> measured =
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        measurement.end(status.getCode());
                        super.close(status, trailers);
                    }
                };
        return new SimpleForwardingServerCallListener<>(next.startCall(measured, headers)) {
            @Override
            public void onCancel() {
                measurement.end(Status.Code.CANCELLED);
                super.onCancel();
            }
        };
    }

    /** One call; a cancelled one may be closed too, and counts once. */
    private final class Measurement {

        private final MethodDescriptor<?, ?> method;
        private final long begun = nanoTime.getAsLong();
        private final AtomicBoolean ended = new AtomicBoolean();

        Measurement(MethodDescriptor<?, ?> method) {
            this.method = method;
            metrics.begun(method.getFullMethodName());
        }

        void end(Status.Code code) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            String name = method.getFullMethodName();
            metrics.ended(name, code.name());
            if (method.getType() == MethodDescriptor.MethodType.UNARY) {
                metrics.took(name, nanoTime.getAsLong() - begun);
            }
        }
    }
}
