package io.millrace.client.admin;

import io.millrace.v1.DeleteTopicResponse;
import io.millrace.v1.DescribeTopicResponse;
import io.millrace.v1.PartitionState;
import io.millrace.v1.Topic;
import java.util.List;

/** Makes the SDK's values of the broker's messages. */
final class AdminMessages {
    private AdminMessages() {}

    static TopicInfo topic(Topic topic) {
        return new TopicInfo(
                topic.getName(),
                topic.getTopicId(),
                topic.getPartitionCount(),
                topic.getReplicaCount(),
                topic.getConfigMap(),
                topic.getCreateTimeMs());
    }

    static TopicDescription description(DescribeTopicResponse response) {
        return new TopicDescription(
                topic(response.getTopic()),
                response.getPartitionsList().stream().map(AdminMessages::partition).toList(),
                response.getEffectiveConfigMap());
    }

    static TrimmedPartition trimmed(io.millrace.v1.TrimmedPartition trimmed) {
        return new TrimmedPartition(
                trimmed.getPartition(),
                trimmed.getOldLogStartOffset(),
                trimmed.getLogStartOffset());
    }

    static DeletedTopic deleted(DeleteTopicResponse response) {
        return new DeletedTopic(topic(response.getTopic()), response.getRecordCount());
    }

    static FoundOffset found(io.millrace.v1.FoundOffset found) {
        return new FoundOffset(found.getPartition(), found.getOffset(), found.getLeaderEpoch());
    }

    static ClusterStatus cluster(io.millrace.v1.ClusterStatus status) {
        return new ClusterStatus(
                status.getClusterId(),
                status.getBrokersList().stream().map(AdminMessages::broker).toList(),
                status.getShardsList().stream().map(AdminMessages::shard).toList(),
                status.getTopicCount(),
                status.getPartitionCount(),
                status.getHealthy(),
                // Copied: the message's own list keeps the whole message alive.
                List.copyOf(status.getProblemsList()));
    }

    private static PartitionInfo partition(PartitionState state) {
        return new PartitionInfo(
                state.getPartition(),
                state.getPartitionId(),
                state.getShard(),
                state.getLeaderNode(),
                state.getLeaderEpoch(),
                state.getLogStartOffset(),
                state.getLogEndOffset(),
                state.getSizeBytes(),
                state.getSegmentCount());
    }

    private static BrokerStatus broker(io.millrace.v1.BrokerStatus status) {
        return new BrokerStatus(
                status.getBroker().getNodeId(),
                status.getBroker().getClientAddress(),
                status.getBroker().getVersion(),
                status.getStartTimeMs(),
                status.getDiskFreeBytes(),
                status.getDiskReserveBytes(),
                status.getWalUsedBytes(),
                status.getWalCapBytes(),
                status.getLogBytes(),
                status.getWriteState());
    }

    private static ShardStatus shard(io.millrace.v1.ShardStatus status) {
        return new ShardStatus(
                status.getShard().getShard(),
                status.getShard().getLeaderNode(),
                status.getShard().getLeaderEpoch(),
                List.copyOf(status.getShard().getReplicaNodesList()),
                status.getRole(),
                status.getCommitIndex(),
                status.getAppliedIndex(),
                status.getCheckpointIndex(),
                status.getFirstLogIndex(),
                status.getPartitionCount(),
                status.getProblem());
    }
}
