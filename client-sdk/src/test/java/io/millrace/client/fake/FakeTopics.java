package io.millrace.client.fake;

import io.grpc.stub.StreamObserver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.CreateTopicResponse;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.DescribeTopicResponse;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FindOffsetsResponse;
import io.millrace.v1.FoundOffset;
import io.millrace.v1.ListTopicsRequest;
import io.millrace.v1.ListTopicsResponse;
import io.millrace.v1.Topic;
import io.millrace.v1.TopicServiceGrpc;
import java.util.List;

/** The calls about topics that the SDK's tests need. */
final class FakeTopics extends TopicServiceGrpc.TopicServiceImplBase {
    private final FakeCluster cluster;

    FakeTopics(FakeCluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public void createTopic(CreateTopicRequest request, StreamObserver<CreateTopicResponse> out) {
        synchronized (cluster) {
            if (cluster.topic(request.getName()) != null) {
                fail(out, ErrorCode.TOPIC_EXISTS);
                return;
            }
            int partitions = Math.max(1, request.getPartitionCount());
            Topic created = Topic.newBuilder().setName(request.getName()).build();
            if (!request.getValidateOnly()) {
                cluster.createTopic(request.getName(), partitions);
                created = topic(request.getName());
            }
            out.onNext(CreateTopicResponse.newBuilder().setTopic(created).build());
            out.onCompleted();
        }
    }

    /** One topic a page. */
    @Override
    public void listTopics(ListTopicsRequest request, StreamObserver<ListTopicsResponse> out) {
        synchronized (cluster) {
            List<String> names = List.copyOf(cluster.topics().keySet());
            int at =
                    request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
            ListTopicsResponse.Builder page = ListTopicsResponse.newBuilder();
            if (at < names.size()) {
                page.addTopics(topic(names.get(at)));
            }
            if (at + 1 < names.size()) {
                page.setNextPageToken(String.valueOf(at + 1));
            }
            out.onNext(page.build());
            out.onCompleted();
        }
    }

    @Override
    public void describeTopic(
            DescribeTopicRequest request, StreamObserver<DescribeTopicResponse> out) {
        synchronized (cluster) {
            if (cluster.topic(request.getName()) == null) {
                fail(out, ErrorCode.UNKNOWN_TOPIC);
                return;
            }
            out.onNext(
                    DescribeTopicResponse.newBuilder().setTopic(topic(request.getName())).build());
            out.onCompleted();
        }
    }

    @Override
    public void findOffsets(FindOffsetsRequest request, StreamObserver<FindOffsetsResponse> out) {
        synchronized (cluster) {
            FindOffsetsResponse.Builder found = FindOffsetsResponse.newBuilder();
            List<FakePartition> partitions = cluster.topic(request.getName()).partitions;
            for (int p = 0; p < partitions.size(); p++) {
                FakePartition partition = partitions.get(p);
                long offset =
                        switch (request.getAtCase()) {
                            case EARLIEST -> partition.start();
                            case LATEST -> partition.end();
                            default -> partition.atTime(request.getTimestampMs());
                        };
                found.addOffsets(FoundOffset.newBuilder().setPartition(p).setOffset(offset));
            }
            out.onNext(found.build());
            out.onCompleted();
        }
    }

    private Topic topic(String name) {
        FakeCluster.FakeTopic topic = cluster.topic(name);
        return Topic.newBuilder()
                .setName(name)
                .setTopicId(topic.id)
                .setPartitionCount(topic.partitions.size())
                .setReplicaCount(1)
                .build();
    }

    private static void fail(StreamObserver<?> out, ErrorCode code) {
        out.onError(WireError.toStatus(MillraceException.of(code, code.meaning())));
    }
}
