package io.millrace.broker.cluster;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ShardImage;
import io.millrace.v1.AgedReport;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.ClusterStatus;
import io.millrace.v1.GetReportsResponse;
import io.millrace.v1.PeerIntroduction;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how the cluster is: by what all brokers report to the controller's leader, or by what this
 * one knows alone if that is not reached. Thread-safe; does not block.
 */
public final class ClusterReports {

    /** The write state of a broker that takes writes. */
    public static final String TAKES_WRITES = "takes writes";

    private static final Logger LOG = LoggerFactory.getLogger(ClusterReports.class);
    private static final int PATIENCE_S = 5;

    private final Supplier<ClusterImage> image;
    private final ClusterMaps maps;
    private final LeaderDirectory leaders;
    private final int nodeId;
    private final LocalReports local;
    private final ReportSource source;

    public ClusterReports(
            Supplier<ClusterImage> image,
            ClusterMaps maps,
            LeaderDirectory leaders,
            int nodeId,
            LocalReports local,
            ReportSource source) {
        this.image = image;
        this.maps = maps;
        this.leaders = leaders;
        this.nodeId = nodeId;
        this.local = local;
        this.source = source;
    }

    /** The report of this moment, within 5 s; it never fails for what others do. */
    public CompletableFuture<ClusterStatus> report() {
        CompletableFuture<GetReportsResponse> asked;
        try {
            asked = source.reports();
        } catch (RuntimeException e) {
            asked = CompletableFuture.failedFuture(e);
        }
        return asked.copy()
                .orTimeout(PATIENCE_S, TimeUnit.SECONDS)
                .handle(
                        (reports, error) -> {
                            if (error != null) {
                                LOG.debug("the controller's leader gave no reports", error);
                            }
                            return draw(reports, error == null);
                        });
    }

    private ClusterStatus draw(GetReportsResponse reports, boolean reached) {
        Map<Integer, AgedReport> byNode = new TreeMap<>();
        if (reached) {
            reports.getReportsList()
                    .forEach(one -> byNode.put(one.getReport().getPeer().getNodeId(), one));
        }
        // Nobody knows this broker better than it does.
        byNode.put(nodeId, own());
        ClusterImage current = image.get();
        int controller = reached ? leaders.leader(ShardImage.CONTROLLER).nodeId() : 0;
        return new StatusDrawing(current, maps, byNode).draw(controller);
    }

    private AgedReport own() {
        return AgedReport.newBuilder()
                .setAlive(true)
                .setReport(
                        BrokerReport.newBuilder()
                                .setPeer(PeerIntroduction.newBuilder().setNodeId(nodeId))
                                .setStatus(local.status())
                                .addAllReplicas(local.replicas()))
                .build();
    }
}
