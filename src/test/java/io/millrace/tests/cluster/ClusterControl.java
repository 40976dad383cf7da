package io.millrace.tests.cluster;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.ChangeClusterResponse;
import io.millrace.v1.ClusterServiceGrpc;
import io.millrace.v1.ClusterStatus;
import io.millrace.v1.GetClusterStatusRequest;
import java.util.concurrent.TimeUnit;

/** Asks one broker, and no other, how the cluster is, and tells it to change things. */
public final class ClusterControl {

    private static final long STATUS_SECONDS = 10;
    private static final long CHANGE_SECONDS = 30;

    private ClusterControl() {}

    /**
     * What this broker says.
     *
     * @throws io.grpc.StatusRuntimeException if it says nothing
     */
    public static ClusterStatus status(String address) {
        ManagedChannel channel = open(address);
        try {
            return ClusterServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(STATUS_SECONDS, TimeUnit.SECONDS)
                    .getClusterStatus(GetClusterStatusRequest.getDefaultInstance());
        } finally {
            channel.shutdownNow();
        }
    }

    /**
     * Has it changed.
     *
     * @throws io.grpc.StatusRuntimeException if that is refused
     */
    public static ChangeClusterResponse change(String address, ChangeClusterRequest request) {
        ManagedChannel channel = open(address);
        try {
            return ClusterServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(CHANGE_SECONDS, TimeUnit.SECONDS)
                    .changeCluster(request);
        } finally {
            channel.shutdownNow();
        }
    }

    private static ManagedChannel open(String address) {
        return ManagedChannelBuilder.forTarget(address).usePlaintext().build();
    }
}
