package io.millrace.client.admin.group;

import io.millrace.client.subscribe.Position;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.GroupMember;
import io.millrace.v1.GroupSummary;
import io.millrace.v1.ListDeadLettersResponse;
import io.millrace.v1.RedriveDeadLettersResponse;
import io.millrace.v1.SeekGroupResponse;
import java.util.List;
import java.util.Map;

/** Makes the SDK's values of the broker's messages, and back. */
final class GroupMessages {
    private GroupMessages() {}

    static GroupInfo group(GroupSummary group) {
        return new GroupInfo(
                group.getName(),
                group.getGroupId(),
                group.getMode() == io.millrace.v1.GroupMode.GROUP_MODE_QUEUE
                        ? GroupMode.QUEUE
                        : GroupMode.STREAM,
                group.getShard(),
                group.getCoordinatorNode());
    }

    static io.millrace.v1.GroupMode mode(GroupMode mode) {
        if (mode == null) {
            return io.millrace.v1.GroupMode.GROUP_MODE_UNSPECIFIED;
        }
        return switch (mode) {
            case STREAM -> io.millrace.v1.GroupMode.GROUP_MODE_STREAM;
            case QUEUE -> io.millrace.v1.GroupMode.GROUP_MODE_QUEUE;
        };
    }

    static GroupDescription description(DescribeGroupResponse response) {
        return new GroupDescription(
                group(response.getGroup()),
                response.getGroupEpoch(),
                response.getPaused(),
                // Copied: the message's own collections keep the whole message alive.
                Map.copyOf(response.getConfigMap()),
                response.getMembersList().stream().map(GroupMessages::member).toList(),
                response.getPartitionsList().stream().map(GroupMessages::partition).toList(),
                response.getSeeksList().stream().map(GroupMessages::entry).toList(),
                response.hasLeftOut() ? leftOut(response.getLeftOut()) : null);
    }

    private static LeftOutTopics leftOut(io.millrace.v1.LeftOutTopics leftOut) {
        return new LeftOutTopics(
                leftOut.getCount(),
                List.copyOf(leftOut.getTopicsList()),
                leftOut.getMaxPartitions());
    }

    static SeekResult seek(SeekGroupResponse response) {
        return new SeekResult(
                response.getSeekId(), moves(response.getMovesList()), response.getObstacle());
    }

    static io.millrace.v1.SeekTarget target(SeekTarget target) {
        io.millrace.v1.SeekTarget.Builder wire =
                io.millrace.v1.SeekTarget.newBuilder().setTopic(target.topic());
        if (target.partition() != null) {
            wire.setPartition(target.partition());
        }
        if (target.to() instanceof SeekPoint.AtPosition at) {
            wire.setPosition(position(at.position()));
        } else if (target.to() instanceof SeekPoint.Shift shift) {
            wire.setShift(shift.records());
        } else if (target.to() instanceof SeekPoint.AsGroup as) {
            wire.setAsGroup(as.group());
        } else {
            wire.setForget(true);
        }
        return wire.build();
    }

    static DeadLetterPage page(ListDeadLettersResponse response) {
        return new DeadLetterPage(
                response.getDeadLettersList().stream().map(GroupMessages::deadLetter).toList(),
                response.getNextPageToken(),
                response.getTotal());
    }

    static RedriveResult redriven(RedriveDeadLettersResponse response) {
        return new RedriveResult(
                response.getCount(),
                response.getRefusedList().stream()
                        .map(
                                it ->
                                        new RedriveResult.Refusal(
                                                name(it.getDeadLetter()),
                                                WireError.fromDetail(it.getError())))
                        .toList());
    }

    static io.millrace.v1.DeadLetterName name(DeadLetterName name) {
        return io.millrace.v1.DeadLetterName.newBuilder()
                .setPartition(name.partition())
                .setOffset(name.offset())
                .build();
    }

    private static DeadLetterName name(io.millrace.v1.DeadLetterName name) {
        return new DeadLetterName(name.getPartition(), name.getOffset());
    }

    private static MemberInfo member(GroupMember member) {
        return new MemberInfo(
                member.getMemberId(),
                member.getMemberEpoch(),
                member.getInstanceId(),
                member.getClientName(),
                member.getClientAddress(),
                List.copyOf(member.getTopicsList()),
                member.getWeight(),
                member.getRack(),
                member.getSilentMs(),
                member.getLeaseMs());
    }

    private static GroupPartition partition(io.millrace.v1.GroupPartition it) {
        return new GroupPartition(
                it.getTopic(),
                it.getTopicId(),
                it.getPartition(),
                it.getMemberId(),
                it.getAssignmentEpoch(),
                it.hasCommittedOffset() ? it.getCommittedOffset() : null,
                it.getMetadata(),
                it.getCommitTimeMs(),
                it.getLogStartOffset(),
                it.hasLogEndOffset() ? it.getLogEndOffset() : null,
                it.hasLagRecords() ? it.getLagRecords() : null,
                it.hasLagMs() ? it.getLagMs() : null,
                verdict(it.getVerdict()),
                it.getEvidence(),
                it.getAdvice());
    }

    private static Verdict verdict(io.millrace.v1.Verdict verdict) {
        return switch (verdict) {
            case VERDICT_CAUGHT_UP -> Verdict.CAUGHT_UP;
            case VERDICT_MOVING -> Verdict.MOVING;
            case VERDICT_NO_MEMBER -> Verdict.NO_MEMBER;
            case VERDICT_WAITING_FOR_REVOCATION -> Verdict.WAITING_FOR_REVOCATION;
            case VERDICT_OUT_OF_CREDIT -> Verdict.OUT_OF_CREDIT;
            case VERDICT_LEASE_EXPIRED -> Verdict.LEASE_EXPIRED;
            case VERDICT_NO_LEADER -> Verdict.NO_LEADER;
            case VERDICT_THROTTLED -> Verdict.THROTTLED;
            case VERDICT_FILTER_MATCHED_NOTHING -> Verdict.FILTER_MATCHED_NOTHING;
            case VERDICT_PAUSED -> Verdict.PAUSED;
            case VERDICT_NOT_COMMITTING -> Verdict.NOT_COMMITTING;
            case VERDICT_NOT_COPIED -> Verdict.NOT_COPIED;
            case VERDICT_UNSPECIFIED, UNRECOGNIZED -> Verdict.UNKNOWN;
        };
    }

    private static SeekLogEntry entry(io.millrace.v1.SeekLogEntry entry) {
        return new SeekLogEntry(
                entry.getSeekId(),
                entry.getTimeMs(),
                entry.getReason(),
                moves(entry.getMovesList()));
    }

    private static List<SeekMove> moves(List<io.millrace.v1.SeekMove> moves) {
        return moves.stream()
                .map(
                        it ->
                                new SeekMove(
                                        it.getTopic(),
                                        it.getPartition(),
                                        it.hasFromOffset() ? it.getFromOffset() : null,
                                        it.hasToOffset() ? it.getToOffset() : null))
                .toList();
    }

    private static io.millrace.v1.Position position(Position position) {
        io.millrace.v1.Position.Builder wire = io.millrace.v1.Position.newBuilder();
        if (position instanceof Position.AtOffset at) {
            wire.setOffset(at.offset());
        } else if (position instanceof Position.AtTime at) {
            wire.setTimestampMs(at.timestampMs());
        } else if (position == Position.latest()) {
            wire.setLatest(true);
        } else {
            wire.setEarliest(true);
        }
        return wire.build();
    }

    private static DeadLetter deadLetter(io.millrace.v1.DeadLetter it) {
        return new DeadLetter(
                new DeadLetterName(it.getDeadLetterPartition(), it.getDeadLetterOffset()),
                it.getTopic(),
                it.getPartition(),
                it.getOffset(),
                it.getTimeMs(),
                it.getDeliveryCount(),
                it.getReason(),
                it.getKey().toByteArray(),
                it.getValueStart().toByteArray(),
                it.getValueBytes(),
                it.getHeadersList().stream()
                        .map(
                                header ->
                                        new Header(
                                                header.getName(),
                                                header.hasValue()
                                                        ? header.getValue().toByteArray()
                                                        : null))
                        .toList());
    }
}
