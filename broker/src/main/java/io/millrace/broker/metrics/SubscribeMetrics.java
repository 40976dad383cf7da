package io.millrace.broker.metrics;

import io.millrace.broker.subscription.SubscriptionListener;
import io.millrace.v1.PartitionGap;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;

/** What subscribers get. Thread-safe; recording never blocks. */
public final class SubscribeMetrics implements SubscriptionListener {

    private final TopicCounters delivered;
    private final Counter tested;
    private final Counter matched;
    private final Counter gaps;
    private final Counter ends;

    SubscribeMetrics(CollectorRegistry registry) {
        delivered = new TopicCounters(registry, "millrace_subscribe", "sent to subscribers");
        tested =
                Counter.build(
                                "millrace_subscribe_tested_records",
                                "Records that were tested by filters of subscribers.")
                        .register(registry);
        matched =
                Counter.build(
                                "millrace_subscribe_matched_records",
                                "Records of those tested that filters of subscribers let through.")
                        .register(registry);
        gaps =
                Counter.build(
                                "millrace_subscribe_gaps",
                                "Ranges of records that subscribers were told are gone, by reason.")
                        .labelNames("reason")
                        .register(registry);
        ends =
                Counter.build("millrace_subscribe_ends", "Subscriptions that are over.")
                        .register(registry);
    }

    @Override
    public void delivered(String topic, int records, int bytes) {
        delivered.count(topic, records, bytes);
    }

    @Override
    public void tested(int records, int matching) {
        tested.inc(records);
        matched.inc(matching);
    }

    @Override
    public void gap(PartitionGap.Reason reason) {
        gaps.labels(reason.name()).inc();
    }

    @Override
    public void closed() {
        ends.inc();
    }

    void forget(String topic) {
        delivered.forget(topic);
    }
}
