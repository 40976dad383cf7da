package io.millrace.broker.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.millrace.broker.metrics.BrokerMetrics;
import io.millrace.v1.PublishServiceGrpc;
import io.millrace.v1.TopicServiceGrpc;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RpcMetricsTest {

    private static final String CREATE = "millrace.v1.TopicService/CreateTopic";
    private static final String PUBLISH = "millrace.v1.PublishService/Publish";

    private final AtomicLong clock = new AtomicLong();
    private final BrokerMetrics metrics = new BrokerMetrics("1.2.3");
    private final RpcMetrics interceptor = new RpcMetrics(metrics.rpc(), clock::get);

    @Test
    void shouldCountAndMeasureAUnaryCall() {
        ClosedCall<?, ?> call = new ClosedCall<>(TopicServiceGrpc.getCreateTopicMethod());
        begin(call, 3_000_000, Status.ALREADY_EXISTS);

        assertThat(calls(CREATE, "ALREADY_EXISTS")).isEqualTo(1);
        assertThat(latencyCount(CREATE)).isEqualTo(1);
        assertThat(call.closed).isEqualTo(Status.ALREADY_EXISTS);
        assertThat(
                        metrics.registry()
                                .getSampleValue(
                                        "millrace_rpc_latency_seconds_sum",
                                        new String[] {"method"},
                                        new String[] {CREATE}))
                .isEqualTo(0.003);
    }

    @Test
    void shouldNotMeasureStreams() {
        begin(new ClosedCall<>(PublishServiceGrpc.getPublishMethod()), 1_000, Status.OK);

        assertThat(calls(PUBLISH, "OK")).isEqualTo(1);
        assertThat(latencyCount(PUBLISH)).isNull();
    }

    @Test
    void shouldCountACancelledCallOnce() {
        begin(new ClosedCall<>(TopicServiceGrpc.getCreateTopicMethod()), 1_000, null).onCancel();
        assertThat(calls(CREATE, "CANCELLED")).isEqualTo(1);

        begin(new ClosedCall<>(TopicServiceGrpc.getCreateTopicMethod()), 1_000, Status.OK)
                .onCancel();
        assertThat(calls(CREATE, "CANCELLED")).isEqualTo(1);
        assertThat(calls(CREATE, "OK")).isEqualTo(1);
    }

    private <Q, R> ServerCall.Listener<Q> begin(ServerCall<Q, R> call, long nanos, Status status) {
        return interceptor.interceptCall(
                call,
                new Metadata(),
                (measured, headers) -> {
                    clock.addAndGet(nanos);
                    if (status != null) {
                        measured.close(status, new Metadata());
                    }
                    return new ServerCall.Listener<>() {};
                });
    }

    @Test
    void shouldShowTheCallsThatAreUnderWay() {
        ServerCall.Listener<?> stream =
                begin(new ClosedCall<>(PublishServiceGrpc.getPublishMethod()), 1_000, null);
        assertThat(active(PUBLISH)).isEqualTo(1);

        stream.onCancel();
        assertThat(active(PUBLISH)).isZero();
    }

    private Double active(String method) {
        return metrics.registry()
                .getSampleValue(
                        "millrace_rpc_active_calls",
                        new String[] {"method"},
                        new String[] {method});
    }

    private Double calls(String method, String code) {
        return metrics.registry()
                .getSampleValue(
                        "millrace_rpc_calls_total",
                        new String[] {"method", "code"},
                        new String[] {method, code});
    }

    private Double latencyCount(String method) {
        return metrics.registry()
                .getSampleValue(
                        "millrace_rpc_latency_seconds_count",
                        new String[] {"method"},
                        new String[] {method});
    }

    /** A call that only remembers how it was closed. */
    private static final class ClosedCall<Q, R> extends ServerCall<Q, R> {

        private final MethodDescriptor<Q, R> method;
        private Status closed;

        ClosedCall(MethodDescriptor<Q, R> method) {
            this.method = method;
        }

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(R message) {}

        @Override
        public void close(Status status, Metadata trailers) {
            closed = status;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<Q, R> getMethodDescriptor() {
            return method;
        }

        @Override
        public Attributes getAttributes() {
            return Attributes.EMPTY;
        }
    }
}
