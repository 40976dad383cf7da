package io.millrace.cli;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.ClusterChange;
import io.millrace.client.admin.ClusterConfig;
import io.millrace.client.admin.ClusterPlan;
import io.millrace.client.admin.ClusterStatus;
import io.millrace.client.admin.DeletedTopic;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.admin.TopicInfo;
import io.millrace.client.admin.TrimPoint;
import io.millrace.client.admin.TrimmedPartition;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.read.Consistency;
import io.millrace.client.subscribe.Position;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Admin calls around each of which somebody tells that it is waited for. */
final class PatientAdmin implements Admin {
    private final Admin admin;
    private final Supplier<Runnable> await;

    /**
     * @param await is called before each call; what it gives is run after the call
     */
    PatientAdmin(final Admin admin, final Supplier<Runnable> await) {
        this.admin = admin;
        this.await = await;
    }

    @Override
    public Admin plan() {
        return new PatientAdmin(admin.plan(), await);
    }

    @Override
    public TopicInfo createTopic(final NewTopic topic) {
        return awaited(() -> admin.createTopic(topic));
    }

    @Override
    public List<TopicInfo> listTopics() {
        return awaited(admin::listTopics);
    }

    @Override
    public TopicDescription describeTopic(final String name) {
        return awaited(() -> admin.describeTopic(name));
    }

    @Override
    public TopicInfo setTopic(
            final String name, final Map<String, String> config, final Collection<String> reset) {
        return awaited(() -> admin.setTopic(name, config, reset));
    }

    @Override
    public TopicInfo growTopic(final String name, final int partitionCount) {
        return awaited(() -> admin.growTopic(name, partitionCount));
    }

    @Override
    public List<TrimmedPartition> trimTopic(
            final String name, final Collection<Integer> partitions, final TrimPoint before) {
        return awaited(() -> admin.trimTopic(name, partitions, before));
    }

    @Override
    public DeletedTopic deleteTopic(final String name) {
        return awaited(() -> admin.deleteTopic(name));
    }

    @Override
    public DeletedTopic deleteTopic(final String name, final long topicId) {
        return awaited(() -> admin.deleteTopic(name, topicId));
    }

    @Override
    public List<FoundOffset> findOffsets(
            final String topic,
            final Collection<Integer> partitions,
            final Position position,
            final Consistency consistency) {
        return awaited(() -> admin.findOffsets(topic, partitions, position, consistency));
    }

    @Override
    public GroupAdmin groups() {
        return new PatientGroupAdmin(admin.groups(), await);
    }

    @Override
    public ClusterStatus clusterStatus() {
        return awaited(admin::clusterStatus);
    }

    @Override
    public ClusterPlan changeCluster(final ClusterChange change, final boolean force) {
        return awaited(() -> admin.changeCluster(change, force));
    }

    @Override
    public ClusterConfig setClusterConfig(
            final Map<String, String> config, final Collection<String> reset) {
        return awaited(() -> admin.setClusterConfig(config, reset));
    }

    private <T> T awaited(final Supplier<T> call) {
        final Runnable over = await.get();
        try {
            return call.get();
        } finally {
            over.run();
        }
    }
}
