package io.millrace.broker.groups;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeleteGroupRequest;
import io.millrace.v1.DeleteGroupResponse;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.InspectPartitionsRequest;
import io.millrace.v1.InspectPartitionsResponse;
import io.millrace.v1.InspectedPartition;
import io.millrace.v1.PauseGroupRequest;
import io.millrace.v1.PauseGroupResponse;
import io.millrace.v1.ResumeQueuesRequest;
import io.millrace.v1.ResumeQueuesResponse;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SeekGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Other brokers, whose partitions all end at 100, and which remember who was asked. */
final class AskedGroupBrokers implements RemoteGroups {

    final List<String> asked = new ArrayList<>();
    ErrorCode failure;
    DescribeGroupResponse description = DescribeGroupResponse.getDefaultInstance();

    @Override
    public CompletableFuture<DescribeGroupResponse> describe(
            String address, DescribeGroupRequest request) {
        return answer(address + " describe " + request.getGroup(), description);
    }

    @Override
    public CompletableFuture<SeekGroupResponse> seek(String address, SeekGroupRequest request) {
        return answer(
                address + " seek " + request.getGroup(),
                SeekGroupResponse.newBuilder().setSeekId(9).build());
    }

    @Override
    public CompletableFuture<PauseGroupResponse> pause(String address, PauseGroupRequest request) {
        return answer(
                address + " pause " + request.getGroup(), PauseGroupResponse.getDefaultInstance());
    }

    @Override
    public CompletableFuture<DeleteGroupResponse> delete(
            String address, DeleteGroupRequest request) {
        return answer(
                address + (request.getValidateOnly() ? " check " : " delete ") + request.getGroup(),
                DeleteGroupResponse.getDefaultInstance());
    }

    @Override
    public CompletableFuture<InspectPartitionsResponse> inspect(
            String address, InspectPartitionsRequest request) {
        InspectPartitionsResponse.Builder seen = InspectPartitionsResponse.newBuilder();
        request.getPartitionsList()
                .forEach(
                        one ->
                                seen.addPartitions(
                                        InspectedPartition.newBuilder()
                                                .setPartitionId(one.getPartitionId())
                                                .setLogEndOffset(100)
                                                .setOpenForMs(7_000)));
        return answer(address + " inspect " + request.getPartitionsCount(), seen.build());
    }

    @Override
    public CompletableFuture<ResumeQueuesResponse> resumeQueues(
            String address, ResumeQueuesRequest request) {
        return answer(
                address + " resume queues of " + request.getGroupId(),
                ResumeQueuesResponse.getDefaultInstance());
    }

    private <T> CompletableFuture<T> answer(String what, T value) {
        asked.add(what);
        return failure == null
                ? CompletableFuture.completedFuture(value)
                : CompletableFuture.failedFuture(MillraceException.of(failure, "refused there"));
    }
}
