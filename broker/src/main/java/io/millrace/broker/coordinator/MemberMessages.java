package io.millrace.broker.coordinator;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.group.AssignedPartition;
import io.millrace.broker.group.CommittedOffset;
import io.millrace.broker.group.GroupMode;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.GroupTopic;
import io.millrace.broker.group.Member;
import io.millrace.broker.group.MemberAssignment;
import io.millrace.broker.group.RevocationClock;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.Assignment;
import io.millrace.v1.AttendEnd;
import io.millrace.v1.CommitRefusal;
import io.millrace.v1.CommitResult;
import io.millrace.v1.HeartbeatAck;
import io.millrace.v1.HeldPartition;
import io.millrace.v1.Joined;
import io.millrace.v1.MemberResponse;
import io.millrace.v1.RevokedPartition;
import java.util.List;

/** Writes what members are told as the protocol has it. */
final class MemberMessages {

    /**
     * The most of the users' words in one assignment, so that it stays a message that every client
     * takes (4 MiB); the words of further partitions are left out.
     */
    private static final int MAX_METADATA_CHARS = 1 << 20;

    /** In tenths of a lease: who loses two heartbeats in a row keeps it. */
    private static final int HEARTBEAT_TENTHS = 3;

    private MemberMessages() {}

    static MemberResponse joined(Handshake handshake, GroupState group, Member member) {
        long leaseMs = group.leaseMs(member);
        return MemberResponse.newBuilder()
                .setJoined(
                        Joined.newBuilder()
                                .setProtocolVersion(Handshake.PROTOCOL_VERSION)
                                .setClusterId(handshake.clusterId())
                                .setGroupId(group.groupId())
                                .setMemberEpoch(member.memberEpoch())
                                .setMode(mode(group.mode()))
                                .setHeartbeatIntervalMs((int) (leaseMs * HEARTBEAT_TENTHS / 10))
                                .setLeaseMs((int) leaseMs))
                .build();
    }

    static io.millrace.v1.GroupMode mode(GroupMode mode) {
        return mode == GroupMode.QUEUE
                ? io.millrace.v1.GroupMode.GROUP_MODE_QUEUE
                : io.millrace.v1.GroupMode.GROUP_MODE_STREAM;
    }

    static MemberResponse assignment(
            GroupState group, MemberAssignment assignment, RevocationClock revocations) {
        Assignment.Builder told =
                Assignment.newBuilder().setGroupEpoch(group.groupEpoch()).setPaused(group.paused());
        int metadata = 0;
        for (AssignedPartition one : assignment.held()) {
            HeldPartition.Builder held =
                    HeldPartition.newBuilder().setPartition(partition(group, one));
            GroupTopic topic = group.topics().get(one.partition().topicId());
            held.setFromFirstRecord(topic.isLater(one.partition().partition()));
            CommittedOffset committed = group.committed(one.partition()).orElse(null);
            if (committed != null) {
                held.setCommittedOffset(committed.offset());
                metadata += committed.metadata().length();
                if (metadata <= MAX_METADATA_CHARS) {
                    held.setMetadata(committed.metadata());
                }
            }
            told.addHeld(held);
        }
        for (AssignedPartition one : assignment.revoked()) {
            told.addRevoked(
                    RevokedPartition.newBuilder()
                            .setPartition(partition(group, one))
                            .setRemainingMs((int) revocations.remainingMs(one)));
        }
        return MemberResponse.newBuilder().setAssignment(told).build();
    }

    private static io.millrace.v1.AssignedPartition partition(
            GroupState group, AssignedPartition one) {
        GroupTopic topic = group.topics().get(one.partition().topicId());
        return io.millrace.v1.AssignedPartition.newBuilder()
                .setTopic(topic.name())
                .setTopicId(topic.topicId())
                .setPartition(one.partition().partition())
                .setAssignmentEpoch(one.assignmentEpoch())
                .build();
    }

    static MemberResponse heartbeat(long sequence, long groupEpoch) {
        return MemberResponse.newBuilder()
                .setHeartbeat(
                        HeartbeatAck.newBuilder().setSequence(sequence).setGroupEpoch(groupEpoch))
                .build();
    }

    static MemberResponse committed(long correlationId, List<CommitRefusal> refused) {
        return MemberResponse.newBuilder()
                .setCommitted(
                        CommitResult.newBuilder()
                                .setCorrelationId(correlationId)
                                .addAllRefused(refused))
                .build();
    }

    static CommitRefusal refusal(
            io.millrace.v1.AssignedPartition partition, MillraceException why) {
        return CommitRefusal.newBuilder()
                .setPartition(partition)
                .setError(WireError.toDetail(why))
                .build();
    }

    static MemberResponse end(MillraceException reason) {
        return MemberResponse.newBuilder()
                .setEnd(AttendEnd.newBuilder().setError(WireError.toDetail(reason)))
                .build();
    }
}
