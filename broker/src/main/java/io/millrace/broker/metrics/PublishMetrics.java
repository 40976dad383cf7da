package io.millrace.broker.metrics;

import io.millrace.broker.publishing.PublishListener;
import io.millrace.protocol.error.ErrorCode;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;

/** What publishers do. Thread-safe; recording never blocks. */
public final class PublishMetrics implements PublishListener {

    private final TopicCounters acknowledged;
    private final Counter duplicates;
    private final Counter refusals;
    private final Histogram ackLatency;

    PublishMetrics(CollectorRegistry registry) {
        acknowledged = new TopicCounters(registry, "millrace_publish", "acknowledged");
        duplicates =
                Counter.build(
                                "millrace_publish_duplicate_batches",
                                "Record batches that had been stored by an earlier attempt.")
                        .register(registry);
        refusals =
                Counter.build(
                                "millrace_publish_refusals",
                                "Record batches that were not acknowledged, by reason.")
                        .labelNames("reason")
                        .register(registry);
        ackLatency =
                Latency.histogram(
                                "millrace_publish_ack_latency_seconds",
                                "From a batch read off its stream to its acknowledgement.")
                        .register(registry);
    }

    /** A duplicate counts neither records nor bytes: it has added none. */
    @Override
    public void acknowledged(String topic, int records, int bytes, long nanos, boolean duplicate) {
        ackLatency.observe(Latency.seconds(nanos));
        if (duplicate) {
            duplicates.inc();
        } else {
            acknowledged.count(topic, records, bytes);
        }
    }

    @Override
    public void refused(ErrorCode code) {
        refusals.labels(code.name()).inc();
    }

    void forget(String topic) {
        acknowledged.forget(topic);
    }
}
