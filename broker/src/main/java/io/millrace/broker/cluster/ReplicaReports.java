package io.millrace.broker.cluster;

import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.ShardStatus.Follower;
import io.millrace.v1.ReplicaMember;
import io.millrace.v1.ReplicaReport;

/** Says how a replica is, as far as Raft knows. */
public final class ReplicaReports {

    private ReplicaReports() {}

    /**
     * A replica as it is reported; what its partition logs miss is to be added. A leader that has
     * not applied everything yet takes no writes and counts as a candidate.
     *
     * @param replicaId the replica's id
     */
    public static ReplicaReport.Builder of(Shard shard, long replicaId, int nodeId) {
        ShardStatus status = shard.status();
        boolean leads = shard.leadingTerm() != 0 && shard.leadingTerm() == status.term();
        ShardStatus.Role role = status.role();
        if (role == ShardStatus.Role.LEADER && !leads) {
            role = ShardStatus.Role.CANDIDATE;
        }
        ReplicaReport.Builder report =
                ReplicaReport.newBuilder()
                        .setShard(shard.id())
                        .setReplicaId(replicaId)
                        .setRole(role.name())
                        .setTerm(status.term())
                        .setCommitIndex(status.commitIndex())
                        .setAppliedIndex(status.appliedIndex())
                        .setCheckpointIndex(status.checkpointIndex())
                        .setFirstLogIndex(status.firstLogIndex())
                        .setLastLogIndex(status.lastLogIndex())
                        .setProblem(status.problem());
        if (role == ShardStatus.Role.LEADER) {
            members(status, nodeId, report);
        }
        return report;
    }

    private static void members(ShardStatus status, int nodeId, ReplicaReport.Builder report) {
        status.members()
                .all()
                .forEach(
                        member -> {
                            ReplicaMember.Builder built =
                                    ReplicaMember.newBuilder()
                                            .setNodeId(member.nodeId())
                                            .setReplicaId(member.replicaId())
                                            .setVoter(status.members().voters().contains(member));
                            if (member.nodeId() == nodeId) {
                                built.setMatchIndex(status.lastLogIndex());
                            }
                            for (Follower follower : status.followers()) {
                                if (follower.member().equals(member)) {
                                    built.setMatchIndex(follower.matchIndex())
                                            .setSilentMs(follower.silentMs());
                                }
                            }
                            report.addMembers(built);
                        });
    }
}
