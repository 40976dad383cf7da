package io.millrace.broker.cluster;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.BrokerStatus;
import io.millrace.v1.ReplicaReport;
import java.util.List;
import java.util.function.Supplier;

/** Makes the report on this broker. Thread-safe if its sources are. */
public final class Reporter {

    private final Introduction self;
    private final Supplier<ClusterImage> image;
    private final Supplier<BrokerStatus> status;
    private final Supplier<List<ReplicaReport>> replicas;
    private final Supplier<List<Object>> signs;
    private final Supplier<String> unfitness;

    /**
     * @param image the newest map here
     * @param status disk, write-ahead log and so on; its broker may be left out
     * @param replicas how the replicas here are
     * @param signs what of these two others are to hear of at once; cheap, and equal as long as
     *     none of that has changed
     * @param unfitness why this broker should lead nothing; empty if it may
     */
    public Reporter(
            Introduction self,
            Supplier<ClusterImage> image,
            Supplier<BrokerStatus> status,
            Supplier<List<ReplicaReport>> replicas,
            Supplier<List<Object>> signs,
            Supplier<String> unfitness) {
        this.self = self;
        this.image = image;
        this.status = status;
        this.replicas = replicas;
        this.signs = signs;
        this.unfitness = unfitness;
    }

    /** What a report would say that others are to hear of at once; the rest can wait a second. */
    List<Object> signs() {
        return List.of(self.get(), image.get().version(), signs.get(), unfitness.get());
    }

    /** The report of this moment. */
    public BrokerReport report() {
        return BrokerReport.newBuilder()
                .setPeer(self.get())
                .setMapVersion(image.get().version())
                .setStatus(status.get())
                .addAllReplicas(replicas.get())
                .setUnfitReason(unfitness.get())
                .build();
    }
}
