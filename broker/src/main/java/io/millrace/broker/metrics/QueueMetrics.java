package io.millrace.broker.metrics;

import io.millrace.broker.receiving.ReceiveListener;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What members of groups in queue mode get, and say of it. Thread-safe; recording never blocks.
 *
 * <p>Bounded: the first {@value #MAX_GROUPS} groups have series of their own, all others share one.
 */
public final class QueueMetrics implements ReceiveListener {

    static final int MAX_GROUPS = 1_000;

    private final Counter delivered;
    private final Counter acked;
    private final Counter nacked;
    private final Counter expired;
    private final Counter givenUp;
    private final ConcurrentMap<String, Series> series = new ConcurrentHashMap<>();

    QueueMetrics(CollectorRegistry registry) {
        delivered = counter(registry, "delivered", "Records of queues sent to members, each time.");
        acked = counter(registry, "acked", "Records of queues that members have processed.");
        nacked = counter(registry, "nacked", "Records of queues that members gave back.");
        expired =
                counter(
                        registry,
                        "expired",
                        "Records of queues whose delivery ran out of time, each time.");
        givenUp =
                counter(
                        registry,
                        "given_up",
                        "Records of queues that were copied to the dead letters.");
    }

    private static Counter counter(CollectorRegistry registry, String what, String help) {
        return Counter.build("millrace_queue_" + what + "_records", help)
                .labelNames("group")
                .register(registry);
    }

    @Override
    public void delivered(String group, int records) {
        of(group).delivered.inc(records);
    }

    @Override
    public void acked(String group, int records) {
        of(group).acked.inc(records);
    }

    @Override
    public void nacked(String group, int records) {
        of(group).nacked.inc(records);
    }

    @Override
    public void expired(String group, long deliveries) {
        of(group).expired.inc(deliveries);
    }

    @Override
    public void givenUp(String group, int records) {
        of(group).givenUp.inc(records);
    }

    /** A group is gone. */
    void forget(String group) {
        if (series.remove(group) != null) {
            List.of(delivered, acked, nacked, expired, givenUp).forEach(all -> all.remove(group));
        }
    }

    private Series of(String group) {
        Series found = series.get(group);
        if (found != null) {
            return found;
        }
        String label = series.size() < MAX_GROUPS ? group : TopicCounters.OTHER;
        return series.computeIfAbsent(
                label,
                name ->
                        new Series(
                                delivered.labels(name),
                                acked.labels(name),
                                nacked.labels(name),
                                expired.labels(name),
                                givenUp.labels(name)));
    }

    private record Series(
            Counter.Child delivered,
            Counter.Child acked,
            Counter.Child nacked,
            Counter.Child expired,
            Counter.Child givenUp) {}
}
