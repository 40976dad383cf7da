package io.millrace.broker.metrics;

import io.millrace.raft.transport.Lane;
import io.millrace.raft.transport.PeerListener;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import java.util.Locale;

/** What happens on the connections to other brokers. Thread-safe; recording never blocks. */
public final class PeerMetrics implements PeerListener {

    private final Counter disconnects;
    private final Counter handshakeRefusals;
    private final Counter overflows;
    private final Counter busyRefusals;
    private final Counter replicatorRestarts;

    PeerMetrics(CollectorRegistry registry) {
        disconnects =
                Counter.build(
                                "millrace_peer_disconnects",
                                "Connections to another broker that were up and broke.")
                        .labelNames("node", "lane")
                        .register(registry);
        handshakeRefusals =
                Counter.build(
                                "millrace_peer_handshake_refusals",
                                "Handshakes of brokers refused, here or by the other; the log says why.")
                        .register(registry);
        overflows =
                Counter.build(
                                "millrace_peer_overflow_refusals",
                                "Requests not sent to another broker because the lane's queue was full.")
                        .labelNames("node", "lane")
                        .register(registry);
        busyRefusals =
                Counter.build(
                                "millrace_peer_busy_refusals",
                                "Requests of another broker refused because the shard's queue was full.")
                        .labelNames("node")
                        .register(registry);
        replicatorRestarts =
                Counter.build(
                                "millrace_peer_replicator_restarts",
                                "Replications to another broker that stood still and were started anew.")
                        .labelNames("node")
                        .register(registry);
    }

    static String name(Lane lane) {
        return lane.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void disconnected(int nodeId, Lane lane, String reason) {
        disconnects.labels(Integer.toString(nodeId), name(lane)).inc();
    }

    /** Without the node: whoever is refused can call itself as it likes. */
    @Override
    public void refused(int nodeId, String reason) {
        handshakeRefusals.inc();
    }

    @Override
    public void overflowed(int nodeId, Lane lane) {
        overflows.labels(Integer.toString(nodeId), name(lane)).inc();
    }

    @Override
    public void groupBusy(int nodeId, String group) {
        busyRefusals.labels(Integer.toString(nodeId)).inc();
    }

    @Override
    public void replicatorRestarted(String group, int nodeId) {
        replicatorRestarts.labels(Integer.toString(nodeId)).inc();
    }
}
