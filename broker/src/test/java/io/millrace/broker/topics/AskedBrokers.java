package io.millrace.broker.topics;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.DescribeTopicResponse;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FindOffsetsResponse;
import io.millrace.v1.FoundOffset;
import io.millrace.v1.PartitionState;
import io.millrace.v1.TrimTopicRequest;
import io.millrace.v1.TrimTopicResponse;
import io.millrace.v1.TrimmedPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Other brokers, which have every partition with offset 100 and remember who was asked. */
public final class AskedBrokers implements RemotePartitions {

    public final List<String> asked = new ArrayList<>();
    public ErrorCode failure;
    public long placementVersion = Long.MAX_VALUE;
    public int partitionCount = 2;

    @Override
    public CompletableFuture<FindOffsetsResponse> find(String address, FindOffsetsRequest request) {
        FindOffsetsResponse.Builder response = FindOffsetsResponse.newBuilder();
        request.getPartitionsList()
                .forEach(
                        number ->
                                response.addOffsets(
                                        FoundOffset.newBuilder()
                                                .setPartition(number)
                                                .setOffset(100)));
        return answer(address + " find " + request.getPartitionsList(), response.build());
    }

    @Override
    public CompletableFuture<TrimTopicResponse> trim(String address, TrimTopicRequest request) {
        TrimTopicResponse.Builder response = TrimTopicResponse.newBuilder();
        request.getPartitionsList()
                .forEach(
                        number ->
                                response.addPartitions(
                                        TrimmedPartition.newBuilder()
                                                .setPartition(number)
                                                .setLogStartOffset(100)));
        return answer(address + " trim " + request.getPartitionsList(), response.build());
    }

    @Override
    public CompletableFuture<DescribeTopicResponse> describe(
            String address, DescribeTopicRequest request) {
        DescribeTopicResponse.Builder response = DescribeTopicResponse.newBuilder();
        for (int number = 0; number < partitionCount; number++) {
            response.addPartitions(
                    PartitionState.newBuilder()
                            .setPartition(number)
                            .setLogEndOffset(100)
                            .setPlacementVersion(placementVersion));
        }
        return answer(address + " describe", response.build());
    }

    private <T> CompletableFuture<T> answer(String what, T value) {
        asked.add(what);
        return failure == null
                ? CompletableFuture.completedFuture(value)
                : CompletableFuture.failedFuture(MillraceException.of(failure, "refused there"));
    }
}
