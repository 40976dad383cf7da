package io.millrace.broker.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/** All gRPC calls, by method. Thread-safe; recording never blocks. */
public final class CallMetrics {

    private final Gauge active;
    private final Counter calls;
    private final Histogram latency;

    CallMetrics(CollectorRegistry registry) {
        active =
                Gauge.build(
                                "millrace_rpc_active_calls",
                                "gRPC calls and streams that are under way.")
                        .labelNames("method")
                        .register(registry);
        calls =
                Counter.build("millrace_rpc_calls", "gRPC calls that have ended, by status code.")
                        .labelNames("method", "code")
                        .register(registry);
        latency =
                Latency.histogram(
                                "millrace_rpc_latency_seconds",
                                "From the start of a unary gRPC call to its end.")
                        .labelNames("method")
                        .register(registry);
    }

    /**
     * A call has begun; {@link #ended} follows.
     *
     * @param method one of the methods that this broker serves, such as {@code
     *     TopicService/CreateTopic}; never taken from the client, so that it cannot make up series
     */
    public void begun(String method) {
        active.labels(method).inc();
    }

    /**
     * A call that had begun has ended.
     *
     * @param code the gRPC status code, such as OK
     */
    public void ended(String method, String code) {
        active.labels(method).dec();
        calls.labels(method, code).inc();
    }

    /** How long a unary call took; streams have no latency worth the name. */
    public void took(String method, long nanos) {
        latency.labels(method).observe(Latency.seconds(nanos));
    }
}
