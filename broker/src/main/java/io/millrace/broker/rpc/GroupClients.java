package io.millrace.broker.rpc;

import io.grpc.stub.StreamObserver;
import io.millrace.broker.groups.RemoteGroups;
import io.millrace.v1.DeleteGroupRequest;
import io.millrace.v1.DeleteGroupResponse;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.GroupServiceGrpc;
import io.millrace.v1.GroupServiceGrpc.GroupServiceStub;
import io.millrace.v1.InspectPartitionsRequest;
import io.millrace.v1.InspectPartitionsResponse;
import io.millrace.v1.PauseGroupRequest;
import io.millrace.v1.PauseGroupResponse;
import io.millrace.v1.ResumeQueuesRequest;
import io.millrace.v1.ResumeQueuesResponse;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SeekGroupResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * Calls other brokers about groups, over the connections of {@link BrokerClients}. Thread-safe; no
 * method blocks.
 */
public final class GroupClients implements RemoteGroups {

    private static final int DEADLINE_S = 15;

    /** A broker that hangs is not to hold up what others say. */
    private static final int INSPECT_DEADLINE_S = 4;

    /** More than the description of any group that the limits allow. */
    private static final int MAX_BYTES = 64 << 20;

    private final BrokerClients brokers;

    public GroupClients(BrokerClients brokers) {
        this.brokers = brokers;
    }

    @Override
    public CompletableFuture<DescribeGroupResponse> describe(
            String address, DescribeGroupRequest request) {
        return call(address, DEADLINE_S, (stub, answer) -> stub.describeGroup(request, answer));
    }

    @Override
    public CompletableFuture<SeekGroupResponse> seek(String address, SeekGroupRequest request) {
        return call(address, DEADLINE_S, (stub, answer) -> stub.seekGroup(request, answer));
    }

    @Override
    public CompletableFuture<PauseGroupResponse> pause(String address, PauseGroupRequest request) {
        return call(address, DEADLINE_S, (stub, answer) -> stub.pauseGroup(request, answer));
    }

    @Override
    public CompletableFuture<DeleteGroupResponse> delete(
            String address, DeleteGroupRequest request) {
        return call(address, DEADLINE_S, (stub, answer) -> stub.deleteGroup(request, answer));
    }

    @Override
    public CompletableFuture<InspectPartitionsResponse> inspect(
            String address, InspectPartitionsRequest request) {
        return call(
                address,
                INSPECT_DEADLINE_S,
                (stub, answer) -> stub.inspectPartitions(request, answer));
    }

    @Override
    public CompletableFuture<ResumeQueuesResponse> resumeQueues(
            String address, ResumeQueuesRequest request) {
        return call(address, DEADLINE_S, (stub, answer) -> stub.resumeQueues(request, answer));
    }

    private <T> CompletableFuture<T> call(
            String address, int deadlineS, BiConsumer<GroupServiceStub, StreamObserver<T>> method) {
        return brokers.call(address, GroupServiceGrpc::newStub, deadlineS, MAX_BYTES, method);
    }
}
