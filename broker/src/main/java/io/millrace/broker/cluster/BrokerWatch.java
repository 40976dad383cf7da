package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.AgedReport;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.GetReportsResponse;
import io.millrace.v1.PeerIntroduction;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The brokers as the controller's leader sees them: whose lease runs, and the newest report of
 * each. Knows nothing on a broker that does not lead the controller. All in memory: a new leader
 * begins without reports and gives everyone a full lease. Thread-safe; no method blocks.
 */
public final class BrokerWatch {

    /** How often {@link #tick} is to be called. */
    static final long TICK_MS = 100;

    private final int self;
    private final Controller controller;
    private final Leaders leaders;
    private final Leases leases;
    private final LongSupplier nanoTime;
    private final Map<Integer, Heard> reports = new HashMap<>();
    private long term;

    private record Heard(BrokerReport report, long atNanos) {}

    /**
     * @param self this broker's node id
     * @param controller the map, and whether it is led here
     * @param leaders learns who leads what and who lives
     * @param lease for how long a broker counts as alive after its last report
     */
    public BrokerWatch(
            int self,
            Controller controller,
            Leaders leaders,
            Duration lease,
            LongSupplier nanoTime) {
        this.self = self;
        this.controller = controller;
        this.leaders = leaders;
        // A tick may come a little late; what is longer than two periods is no lateness but a
        // pause.
        this.leases = new Leases(lease.toNanos(), TimeUnit.MILLISECONDS.toNanos(2 * TICK_MS));
        this.nanoTime = nanoTime;
    }

    /** Whether the controller is led here, so that the rest has a meaning. */
    public synchronized boolean isLeading() {
        long now = controller.leadingTerm();
        if (now != term) {
            term = now;
            reports.clear();
            leases.begin(now == 0 ? Set.of() : nodes(), nanoTime.getAsLong());
        }
        return term != 0;
    }

    /** Whether a broker's lease runs; no if the controller is not led here. */
    public synchronized boolean isAlive(int nodeId) {
        return isLeading() && leases.isAlive(nodeId);
    }

    /** Whether a broker's lease has run out; no if the controller is not led here. */
    public synchronized boolean isGone(int nodeId) {
        return isLeading() && leases.deadNanos(nodeId) > 0;
    }

    /**
     * For how long a broker has been dead, beyond its lease, as far as this leader has seen it
     * itself; zero if it lives, or the controller is not led here.
     */
    public synchronized Duration deadFor(int nodeId) {
        return isLeading() ? Duration.ofNanos(leases.deadNanos(nodeId)) : Duration.ZERO;
    }

    /** The newest report of each broker, by node id; empty if the controller is not led here. */
    public synchronized Map<Integer, BrokerReport> newest() {
        Map<Integer, BrokerReport> newest = new HashMap<>();
        if (isLeading()) {
            reports.forEach((node, heard) -> newest.put(node, heard.report()));
        }
        return newest;
    }

    /**
     * All reports with their age.
     *
     * @throws MillraceException NOT_LEADER
     */
    public synchronized GetReportsResponse reports() {
        if (!isLeading()) {
            throw controller.notLeader();
        }
        GetReportsResponse.Builder all = GetReportsResponse.newBuilder();
        long now = nanoTime.getAsLong();
        reports.forEach(
                (node, heard) ->
                        all.addReports(
                                AgedReport.newBuilder()
                                        .setReport(heard.report())
                                        .setAgeMs((now - heard.atNanos()) / 1_000_000)
                                        .setAlive(leases.isAlive(node))));
        return all.build();
    }

    /** Time has passed; to be called every {@value #TICK_MS} ms. */
    synchronized void tick() {
        if (!isLeading()) {
            return;
        }
        Set<Integer> nodes = nodes();
        leases.tick(nanoTime.getAsLong());
        leases.keep(nodes);
        leases.renew(self);
        reports.keySet().retainAll(nodes);
        leaders.toldLiving(leases.alive());
    }

    /**
     * A broker reports. Counts only if it is the very life that the map knows: the lease of one is
     * not prolonged by another that has its node id.
     */
    synchronized void hear(BrokerReport report) {
        PeerIntroduction peer = report.getPeer();
        ClusterImage image = controller.images().current();
        BrokerImage known = image.brokers().get(peer.getNodeId());
        boolean same =
                known != null
                        && known.directoryId().equals(peer.getDirectoryId())
                        && known.startCounter() == peer.getStartCounter()
                        && known.startNonce() == peer.getStartNonce();
        if (same && isLeading()) {
            leases.renew(peer.getNodeId());
            reports.put(peer.getNodeId(), new Heard(report, nanoTime.getAsLong()));
            leaders.hear(report, image.shards().keySet());
        }
    }

    /** Those whose lease runs, by node id. */
    synchronized Set<Integer> alive() {
        return isLeading() ? leases.alive() : Set.of();
    }

    /** Founders that have never registered have no lease: nobody has heard of them yet. */
    private Set<Integer> nodes() {
        Set<Integer> nodes = new TreeSet<>();
        controller.images().current().brokers().values().stream()
                .filter(BrokerImage::isRegistered)
                .forEach(broker -> nodes.add(broker.nodeId()));
        return nodes;
    }
}
