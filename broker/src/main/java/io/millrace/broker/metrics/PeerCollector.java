package io.millrace.broker.metrics;

import io.millrace.raft.transport.PeerTraffic;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The connections to other brokers, lane by lane, read when somebody scrapes. */
final class PeerCollector extends Collector {

    private static final List<String> LABELS = List.of("node", "lane");

    private volatile Supplier<? extends Collection<PeerTraffic>> source = List::of;

    void watch(Supplier<? extends Collection<PeerTraffic>> newSource) {
        source = newSource;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Collection<PeerTraffic> lanes = source.get();
        return List.of(
                gauge(
                        lanes,
                        "millrace_peer_connected",
                        "1 if this connection to another broker is up, else 0.",
                        lane -> lane.connected() ? 1 : 0),
                counter(
                        lanes,
                        "millrace_peer_connects",
                        "How often this connection to another broker came up.",
                        PeerTraffic::connects),
                counter(
                        lanes,
                        "millrace_peer_requests",
                        "Requests sent to another broker.",
                        PeerTraffic::requests),
                counter(
                        lanes,
                        "millrace_peer_sent_bytes",
                        "Bytes sent to another broker in requests.",
                        PeerTraffic::bytesOut),
                counter(
                        lanes,
                        "millrace_peer_received_bytes",
                        "Bytes received from another broker in answers.",
                        PeerTraffic::bytesIn),
                gauge(
                        lanes,
                        "millrace_peer_queued_bytes",
                        "Bytes that wait to be sent to another broker.",
                        PeerTraffic::queuedBytes),
                gauge(
                        lanes,
                        "millrace_peer_in_flight_requests",
                        "Requests sent to another broker that have no answer yet.",
                        PeerTraffic::inFlight),
                counter(
                        lanes,
                        "millrace_peer_timeouts",
                        "Requests to another broker that got no answer in time.",
                        PeerTraffic::timeouts));
    }

    private static MetricFamilySamples gauge(
            Collection<PeerTraffic> lanes,
            String name,
            String help,
            ToDoubleFunction<PeerTraffic> value) {
        GaugeMetricFamily family = new GaugeMetricFamily(name, help, LABELS);
        lanes.forEach(lane -> family.addMetric(labels(lane), value.applyAsDouble(lane)));
        return family;
    }

    private static MetricFamilySamples counter(
            Collection<PeerTraffic> lanes,
            String name,
            String help,
            ToDoubleFunction<PeerTraffic> value) {
        CounterMetricFamily family = new CounterMetricFamily(name, help, LABELS);
        lanes.forEach(lane -> family.addMetric(labels(lane), value.applyAsDouble(lane)));
        return family;
    }

    private static List<String> labels(PeerTraffic lane) {
        return List.of(Integer.toString(lane.nodeId()), PeerMetrics.name(lane.lane()));
    }
}
