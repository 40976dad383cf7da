package io.millrace.client.admin;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.subscribe.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Skeleton. */
public final class GrpcAdmin implements Admin {
    /** Internal. */
    public GrpcAdmin(Cluster cluster, Duration requestTimeout) {}

    @Override
    public Admin plan() {
        throw new UnsupportedOperationException("follows");
    }

    @Override
    public TopicInfo createTopic(NewTopic topic) {
        throw new UnsupportedOperationException("follows");
    }

    @Override
    public List<TopicInfo> listTopics() {
        throw new UnsupportedOperationException("follows");
    }

    @Override
    public TopicDescription describeTopic(String name) {
        throw new UnsupportedOperationException("follows");
    }

    @Override
    public TopicInfo setTopic(String name, Map<String, String> config, Collection<String> reset) {
        throw new UnsupportedOperationException("follows");
    }

    @Override
    public TopicInfo growTopic(String name, int partitionCount) {
        throw new UnsupportedOperationException("follows");
    }

    @Override
    public List<TrimmedPartition> trimTopic(
            String name, Collection<Integer> partitions, TrimPoint before) {
        throw new UnsupportedOperationException("follows");
    }

    @Override
    public DeletedTopic deleteTopic(String name) {
        throw new UnsupportedOperationException("follows");
    }

    @Override
    public DeletedTopic deleteTopic(String name, long topicId) {
        throw new UnsupportedOperationException("follows");
    }

    @Override
    public List<FoundOffset> findOffsets(
            String topic, Collection<Integer> partitions, Position position) {
        throw new UnsupportedOperationException("follows");
    }

    @Override
    public ClusterStatus clusterStatus() {
        throw new UnsupportedOperationException("follows");
    }
}
