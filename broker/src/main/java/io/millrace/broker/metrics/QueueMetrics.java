package io.millrace.broker.metrics;

import io.millrace.broker.receiving.ReceiveListener;
import io.prometheus.client.CollectorRegistry;

/** What members of groups in queue mode get, and say of it. Thread-safe; recording never blocks. */
public final class QueueMetrics implements ReceiveListener {

    private enum Count {
        DELIVERED,
        ACKED,
        NACKED,
        EXPIRED,
        GIVEN_UP
    }

    private final GroupSeries<Count> series;

    QueueMetrics(CollectorRegistry registry) {
        series =
                new GroupSeries<>(Count.class)
                        .with(
                                Count.DELIVERED,
                                "millrace_queue_delivered_records",
                                "Records of queues sent to members, each time.",
                                registry)
                        .with(
                                Count.ACKED,
                                "millrace_queue_acked_records",
                                "Records of queues that members have processed.",
                                registry)
                        .with(
                                Count.NACKED,
                                "millrace_queue_nacked_records",
                                "Records of queues that members gave back.",
                                registry)
                        .with(
                                Count.EXPIRED,
                                "millrace_queue_expired_records",
                                "Records of queues whose delivery ran out of time, each time.",
                                registry)
                        .with(
                                Count.GIVEN_UP,
                                "millrace_queue_given_up_records",
                                "Records of queues that were copied to the dead letters.",
                                registry);
    }

    @Override
    public void delivered(String group, int records) {
        series.add(Count.DELIVERED, group, records);
    }

    @Override
    public void acked(String group, int records) {
        series.add(Count.ACKED, group, records);
    }

    @Override
    public void nacked(String group, int records) {
        series.add(Count.NACKED, group, records);
    }

    @Override
    public void expired(String group, long deliveries) {
        series.add(Count.EXPIRED, group, deliveries);
    }

    @Override
    public void givenUp(String group, int records) {
        series.add(Count.GIVEN_UP, group, records);
    }

    /** A group is gone. */
    void forget(String group) {
        series.forget(group);
    }
}
