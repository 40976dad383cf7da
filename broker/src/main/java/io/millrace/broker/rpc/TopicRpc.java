package io.millrace.broker.rpc;

import io.grpc.stub.StreamObserver;
import io.millrace.broker.topics.PartitionAdmin;
import io.millrace.broker.topics.TopicAdmin;
import io.millrace.broker.topics.TopicQueries;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.CreateTopicResponse;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.DeleteTopicResponse;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.DescribeTopicResponse;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FindOffsetsResponse;
import io.millrace.v1.GrowTopicRequest;
import io.millrace.v1.GrowTopicResponse;
import io.millrace.v1.ListTopicsRequest;
import io.millrace.v1.ListTopicsResponse;
import io.millrace.v1.SetTopicRequest;
import io.millrace.v1.SetTopicResponse;
import io.millrace.v1.TopicServiceGrpc.TopicServiceImplBase;
import io.millrace.v1.TrimTopicRequest;
import io.millrace.v1.TrimTopicResponse;

/** The topic service over gRPC. Thread-safe. */
public final class TopicRpc extends TopicServiceImplBase {

    private final TopicAdmin admin;
    private final TopicQueries queries;
    private final PartitionAdmin partitions;

    public TopicRpc(TopicAdmin admin, TopicQueries queries, PartitionAdmin partitions) {
        this.admin = admin;
        this.queries = queries;
        this.partitions = partitions;
    }

    @Override
    public void createTopic(
            CreateTopicRequest request, StreamObserver<CreateTopicResponse> response) {
        UnaryAnswer.later(response, () -> admin.create(request));
    }

    @Override
    public void listTopics(ListTopicsRequest request, StreamObserver<ListTopicsResponse> response) {
        UnaryAnswer.now(response, () -> queries.list(request));
    }

    @Override
    public void describeTopic(
            DescribeTopicRequest request, StreamObserver<DescribeTopicResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(response, () -> partitions.describe(request, forwarded));
    }

    @Override
    public void setTopic(SetTopicRequest request, StreamObserver<SetTopicResponse> response) {
        UnaryAnswer.later(response, () -> admin.set(request));
    }

    @Override
    public void growTopic(GrowTopicRequest request, StreamObserver<GrowTopicResponse> response) {
        UnaryAnswer.later(response, () -> admin.grow(request));
    }

    @Override
    public void trimTopic(TrimTopicRequest request, StreamObserver<TrimTopicResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(response, () -> partitions.trim(request, forwarded));
    }

    @Override
    public void deleteTopic(
            DeleteTopicRequest request, StreamObserver<DeleteTopicResponse> response) {
        UnaryAnswer.later(response, () -> admin.delete(request));
    }

    @Override
    public void findOffsets(
            FindOffsetsRequest request, StreamObserver<FindOffsetsResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(response, () -> partitions.find(request, forwarded));
    }
}
