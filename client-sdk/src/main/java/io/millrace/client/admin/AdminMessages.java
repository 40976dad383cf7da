package io.millrace.client.admin;

import io.millrace.client.read.Consistency;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.ChangeClusterResponse;
import io.millrace.v1.DeleteTopicResponse;
import io.millrace.v1.DescribeTopicResponse;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.PartitionState;
import io.millrace.v1.ReadConsistency;
import io.millrace.v1.SetClusterConfigResponse;
import io.millrace.v1.Topic;
import java.util.List;
import java.util.Map;

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
                List.copyOf(status.getProblemsList()),
                List.copyOf(status.getChangesList()),
                status.getControllerLeader(),
                Map.copyOf(status.getConfigMap()));
    }

    static ClusterPlan plan(ChangeClusterResponse response) {
        return new ClusterPlan(
                response.getStepsList().stream()
                        .map(
                                it ->
                                        new ClusterPlan.Step(
                                                it.hasShard() ? it.getShard() : null,
                                                it.getDescription(),
                                                it.getBytes()))
                        .toList(),
                List.copyOf(response.getWarningsList()));
    }

    static ClusterConfig config(SetClusterConfigResponse response) {
        return new ClusterConfig(
                Map.copyOf(response.getConfigMap()), Map.copyOf(response.getEffectiveConfigMap()));
    }

    static ChangeClusterRequest.Builder change(ClusterChange change) {
        ChangeClusterRequest.Builder request = ChangeClusterRequest.newBuilder();
        if (change instanceof ClusterChange.AddNode it) {
            request.setAddNode(it.node());
        } else if (change instanceof ClusterChange.RemoveNode it) {
            request.setRemoveNode(it.node());
        } else if (change instanceof ClusterChange.DrainNode it) {
            request.setDrainNode(it.node());
        } else if (change instanceof ClusterChange.UndrainNode it) {
            request.setUndrainNode(it.node());
        } else if (change instanceof ClusterChange.Transfer it) {
            request.getTransferBuilder().setShard(it.shard()).setToNode(it.toNode());
        } else if (change instanceof ClusterChange.Move it) {
            request.getMoveBuilder()
                    .setShard(it.shard())
                    .setFromNode(it.fromNode())
                    .setToNode(it.toNode());
        }
        return request;
    }

    static void consistency(FindOffsetsRequest.Builder request, Consistency consistency) {
        if (consistency instanceof Consistency.Session session) {
            request.setConsistency(ReadConsistency.READ_CONSISTENCY_SESSION);
            session.token()
                    .partitions(request.getName())
                    .forEach(
                            (partition, offset) ->
                                    request.addAtLeastBuilder()
                                            .setPartition(partition)
                                            .setOffset(offset));
        } else if (consistency instanceof Consistency.Eventual eventual) {
            request.setConsistency(ReadConsistency.READ_CONSISTENCY_EVENTUAL)
                    .setMaxStalenessMs(eventual.maxStaleness().toMillis());
        } else {
            request.setConsistency(ReadConsistency.READ_CONSISTENCY_LINEARIZABLE);
        }
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
                status.getWriteState(),
                status.getBroker().getRack(),
                status.getBroker().getAlive(),
                status.getState(),
                status.hasSilentMs() ? status.getSilentMs() : null,
                status.getLedShards(),
                status.getReplicaCount(),
                status.getWalStalledMs());
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
                status.getProblem(),
                status.getReplicasList().stream().map(AdminMessages::replica).toList());
    }

    private static ReplicaStatus replica(io.millrace.v1.ReplicaStatus status) {
        return new ReplicaStatus(
                status.getNodeId(),
                status.getReplicaId(),
                status.getState(),
                status.getRole(),
                status.hasLag() ? status.getLag() : null,
                status.getAppliedIndex(),
                status.getMissingRecords(),
                status.getPulledBytes(),
                status.hasSilentMs() ? status.getSilentMs() : null,
                status.getProblem());
    }
}
