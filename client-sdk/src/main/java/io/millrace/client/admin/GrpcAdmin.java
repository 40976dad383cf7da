package io.millrace.client.admin;

import io.grpc.Channel;
import io.grpc.Deadline;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GrpcGroupAdmin;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.read.Consistency;
import io.millrace.client.subscribe.Position;
import io.millrace.protocol.TopicName;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.ClusterServiceGrpc;
import io.millrace.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.GetClusterStatusRequest;
import io.millrace.v1.GrowTopicRequest;
import io.millrace.v1.ListTopicsRequest;
import io.millrace.v1.ListTopicsResponse;
import io.millrace.v1.SetClusterConfigRequest;
import io.millrace.v1.SetTopicRequest;
import io.millrace.v1.TopicServiceGrpc;
import io.millrace.v1.TopicServiceGrpc.TopicServiceBlockingStub;
import io.millrace.v1.TrimTopicRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@link Admin} over gRPC. Internal: use {@code MillraceClient.admin()}. */
public final class GrpcAdmin implements Admin {
    private final Cluster cluster;
    private final Duration requestTimeout;
    private final boolean validateOnly;

    /** Admin calls to a cluster, each with this timeout. */
    public GrpcAdmin(Cluster cluster, Duration requestTimeout) {
        this(cluster, requestTimeout, false);
    }

    private GrpcAdmin(Cluster cluster, Duration requestTimeout, boolean validateOnly) {
        this.cluster = cluster;
        this.requestTimeout = requestTimeout;
        this.validateOnly = validateOnly;
    }

    @Override
    public Admin plan() {
        return new GrpcAdmin(cluster, requestTimeout, true);
    }

    @Override
    public TopicInfo createTopic(NewTopic topic) {
        CreateTopicRequest request =
                CreateTopicRequest.newBuilder()
                        .setName(topic.name())
                        .setPartitionCount(topic.partitions())
                        .setReplicaCount(topic.replicas())
                        .putAllConfig(topic.config())
                        .setValidateOnly(validateOnly)
                        .build();
        return AdminMessages.topic(change(stub -> stub.createTopic(request)).getTopic());
    }

    @Override
    public List<TopicInfo> listTopics() {
        List<TopicInfo> topics = new ArrayList<>();
        String token = "";
        do {
            ListTopicsRequest request = ListTopicsRequest.newBuilder().setPageToken(token).build();
            ListTopicsResponse page = ask(stub -> stub.listTopics(request));
            page.getTopicsList().forEach(topic -> topics.add(AdminMessages.topic(topic)));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return topics;
    }

    @Override
    public TopicDescription describeTopic(String name) {
        DescribeTopicRequest request =
                DescribeTopicRequest.newBuilder().setName(TopicName.check(name)).build();
        return AdminMessages.description(ask(stub -> stub.describeTopic(request)));
    }

    @Override
    public TopicInfo setTopic(String name, Map<String, String> config, Collection<String> reset) {
        SetTopicRequest request =
                SetTopicRequest.newBuilder()
                        .setName(TopicName.check(name))
                        .putAllConfig(config)
                        .addAllReset(reset)
                        .setValidateOnly(validateOnly)
                        .build();
        return AdminMessages.topic(ask(stub -> stub.setTopic(request)).getTopic());
    }

    @Override
    public TopicInfo growTopic(String name, int partitionCount) {
        GrowTopicRequest request =
                GrowTopicRequest.newBuilder()
                        .setName(TopicName.check(name))
                        .setPartitionCount(partitionCount)
                        .setValidateOnly(validateOnly)
                        .build();
        return AdminMessages.topic(ask(stub -> stub.growTopic(request)).getTopic());
    }

    @Override
    public List<TrimmedPartition> trimTopic(
            String name, Collection<Integer> partitions, TrimPoint before) {
        TrimTopicRequest.Builder request =
                TrimTopicRequest.newBuilder()
                        .setName(TopicName.check(name))
                        .addAllPartitions(partitions)
                        .setValidateOnly(validateOnly);
        if (before instanceof TrimPoint.BeforeOffset point) {
            request.setOffset(point.offset());
        } else if (before instanceof TrimPoint.BeforeTime point) {
            request.setTimestampMs(point.timestampMs());
        } else {
            request.setAll(true);
        }
        return ask(stub -> stub.trimTopic(request.build())).getPartitionsList().stream()
                .map(AdminMessages::trimmed)
                .toList();
    }

    @Override
    public DeletedTopic deleteTopic(String name) {
        return deleteTopic(name, 0);
    }

    @Override
    public DeletedTopic deleteTopic(String name, long topicId) {
        DeleteTopicRequest request =
                DeleteTopicRequest.newBuilder()
                        .setName(TopicName.check(name))
                        .setTopicId(topicId)
                        .setValidateOnly(validateOnly)
                        .build();
        return AdminMessages.deleted(change(stub -> stub.deleteTopic(request)));
    }

    @Override
    public List<FoundOffset> findOffsets(
            String topic,
            Collection<Integer> partitions,
            Position position,
            Consistency consistency) {
        FindOffsetsRequest.Builder request =
                FindOffsetsRequest.newBuilder()
                        .setName(TopicName.check(topic))
                        .addAllPartitions(partitions);
        if (position instanceof Position.AtOffset) {
            throw new IllegalArgumentException(
                    "an offset need not be found: ask for earliest, latest or a time");
        } else if (position instanceof Position.AtTime at) {
            request.setTimestampMs(at.timestampMs());
        } else if (position == Position.latest()) {
            request.setLatest(true);
        } else {
            request.setEarliest(true);
        }
        AdminMessages.consistency(request, consistency);
        return ask(stub -> stub.findOffsets(request.build())).getOffsetsList().stream()
                .map(AdminMessages::found)
                .toList();
    }

    @Override
    public GroupAdmin groups() {
        return new GrpcGroupAdmin(cluster, requestTimeout, validateOnly);
    }

    @Override
    public ClusterStatus clusterStatus() {
        return AdminMessages.cluster(
                askCluster(
                        stub ->
                                stub.getClusterStatus(
                                        GetClusterStatusRequest.getDefaultInstance())));
    }

    @Override
    public ClusterPlan changeCluster(ClusterChange change, boolean force) {
        ChangeClusterRequest request =
                AdminMessages.change(change).setForce(force).setValidateOnly(validateOnly).build();
        return AdminMessages.plan(askCluster(stub -> stub.changeCluster(request)));
    }

    @Override
    public ClusterConfig setClusterConfig(Map<String, String> config, Collection<String> reset) {
        SetClusterConfigRequest request =
                SetClusterConfigRequest.newBuilder()
                        .putAllConfig(config)
                        .addAllReset(reset)
                        .setValidateOnly(validateOnly)
                        .build();
        return AdminMessages.config(askCluster(stub -> stub.setClusterConfig(request)));
    }

    private <T> T askCluster(Function<ClusterServiceBlockingStub, T> call) {
        return cluster.calls()
                .call(
                        (channel, deadline) ->
                                call.apply(
                                        ClusterServiceGrpc.newBlockingStub(channel)
                                                .withDeadline(deadline)),
                        true,
                        requestTimeout);
    }

    private <T> T ask(Function<TopicServiceBlockingStub, T> call) {
        return call(call, true);
    }

    /** A change that must not be made twice; checking it is harmless. */
    private <T> T change(Function<TopicServiceBlockingStub, T> call) {
        return call(call, validateOnly);
    }

    private <T> T call(Function<TopicServiceBlockingStub, T> call, boolean repeatable) {
        return cluster.calls()
                .call(
                        (Channel channel, Deadline deadline) ->
                                call.apply(
                                        TopicServiceGrpc.newBlockingStub(channel)
                                                .withDeadline(deadline)),
                        repeatable,
                        requestTimeout);
    }
}
