package io.millrace.client.fake;

import io.grpc.stub.StreamObserver;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.AssignedPartition;
import io.millrace.v1.Assignment;
import io.millrace.v1.AttendEnd;
import io.millrace.v1.CommitRefusal;
import io.millrace.v1.CommitResult;
import io.millrace.v1.CommittedOffset;
import io.millrace.v1.GroupMode;
import io.millrace.v1.HeartbeatAck;
import io.millrace.v1.HeldPartition;
import io.millrace.v1.Join;
import io.millrace.v1.Joined;
import io.millrace.v1.MemberHeartbeat;
import io.millrace.v1.MemberProgress;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import io.millrace.v1.RevokedPartition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One stream of a member to the group.coordinator. */
final class FakeAttendance implements StreamObserver<MemberRequest> {
    private static final int HEARTBEAT_MS = 100;

    private final FakeCluster cluster;
    private final FakeGroup group;
    private final FakeBroker broker;
    private final StreamObserver<MemberResponse> out;
    private FakeGroup.Member member;
    private boolean ended;

    FakeAttendance(
            FakeCluster cluster,
            FakeGroup group,
            FakeBroker broker,
            StreamObserver<MemberResponse> out) {
        this.cluster = cluster;
        this.group = group;
        this.broker = broker;
        this.out = out;
    }

    @Override
    public void onNext(MemberRequest request) {
        synchronized (cluster) {
            if (ended) {
                return;
            }
            switch (request.getRequestCase()) {
                case JOIN -> join(request.getJoin());
                case HEARTBEAT -> heard(request.getHeartbeat());
                case COMMIT ->
                        answer(
                                request.getCommit().getCorrelationId(),
                                request.getCommit().getOffsetsList(),
                                false);
                case RELEASE ->
                        answer(
                                request.getRelease().getCorrelationId(),
                                request.getRelease().getPartitionsList(),
                                true);
                case LEAVE -> leave(request.getLeave().getRestarting());
                default -> throw new IllegalStateException();
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        onCompleted();
    }

    @Override
    public void onCompleted() {
        synchronized (cluster) {
            forget();
        }
    }

    private void heard(MemberHeartbeat beat) {
        for (MemberProgress told : beat.getProgressList()) {
            AssignedPartition wire = told.getPartition();
            group.progress.put(new TopicPartition(wire.getTopic(), wire.getPartition()), told);
            group.progressTold++;
        }
        send(
                MemberResponse.newBuilder()
                        .setHeartbeat(HeartbeatAck.newBuilder().setSequence(beat.getSequence())));
    }

    private void join(Join join) {
        boolean queue = join.getMode() == GroupMode.GROUP_MODE_QUEUE;
        if (queue != group.queueMode) {
            end(MillraceException.of(ErrorCode.INVALID_GROUP, "the group is in another mode"));
            return;
        }
        if (broker.node() != group.coordinator) {
            end(group.notLeader());
            return;
        }
        if (group.silent) {
            return;
        }
        group.joins.add(join);
        FakeGroup.Member present = group.members.get(join.getMemberId());
        if (join.getMemberEpoch() > 0) {
            if (present == null || present.epoch != join.getMemberEpoch()) {
                end(FakeGroup.fenced());
                return;
            }
            member = present;
        } else {
            member = begin(join, present);
        }
        member.session = this;
        send(
                MemberResponse.newBuilder()
                        .setJoined(
                                Joined.newBuilder()
                                        .setProtocolVersion(1)
                                        .setClusterId("fake")
                                        .setMemberEpoch(member.epoch)
                                        .setHeartbeatIntervalMs(HEARTBEAT_MS)
                                        .setLeaseMs(group.leaseMs)));
        tell();
    }

    private FakeGroup.Member begin(Join join, FakeGroup.Member present) {
        FakeGroup.Member fresh = new FakeGroup.Member(join.getMemberId(), join.getInstanceId());
        fresh.epoch = ++group.epochs;
        FakeGroup.Member former =
                join.getInstanceId().isEmpty()
                        ? present
                        : group.members.values().stream()
                                .filter(it -> it.instanceId.equals(join.getInstanceId()))
                                .findFirst()
                                .orElse(present);
        if (former != null) {
            group.members.remove(former.id);
            if (former.session != null) {
                former.session.end(FakeGroup.fenced());
            }
        }
        group.members.put(fresh.id, fresh);
        for (FakeGroup.Owned owned : group.partitions.values()) {
            if (group.queueMode) {
                continue;
            }
            if (owned.owner.isEmpty() || former != null && owned.owner.equals(former.id)) {
                group.give(owned, fresh.id);
            }
        }
        return fresh;
    }

    void tell() {
        Assignment.Builder told =
                Assignment.newBuilder().setGroupEpoch(++group.epochs).setPaused(group.paused);
        for (FakeGroup.Owned owned : group.partitions.values()) {
            if (group.queueMode) {
                told.addHeld(
                        HeldPartition.newBuilder()
                                .setPartition(owned.wire)
                                .setFromFirstRecord(owned.later));
                continue;
            }
            if (!owned.owner.equals(member.id)) {
                continue;
            }
            if (owned.isRevoking()) {
                told.addRevoked(
                        RevokedPartition.newBuilder()
                                .setPartition(owned.wire)
                                .setRemainingMs(group.remainingMs));
            } else {
                HeldPartition.Builder held =
                        HeldPartition.newBuilder()
                                .setPartition(owned.wire)
                                .setFromFirstRecord(owned.later)
                                .setMetadata(owned.metadata);
                if (owned.committed != null) {
                    held.setCommittedOffset(owned.committed);
                }
                told.addHeld(held);
            }
        }
        send(MemberResponse.newBuilder().setAssignment(told));
    }

    private void answer(long id, List<CommittedOffset> offsets, boolean release) {
        CommitResult.Builder result = CommitResult.newBuilder().setCorrelationId(id);
        Map<TopicPartition, CommittedOffset> accepted = new HashMap<>();
        boolean unverifiable = !release && group.refusals > 0;
        if (unverifiable) {
            group.refusals--;
        }
        for (CommittedOffset offset : offsets) {
            AssignedPartition wire = offset.getPartition();
            TopicPartition partition = new TopicPartition(wire.getTopic(), wire.getPartition());
            FakeGroup.Owned owned = group.partitions.get(partition);
            if (!owned.owner.equals(member.id)
                    || owned.wire.getAssignmentEpoch() != wire.getAssignmentEpoch()) {
                result.addRefused(refusal(wire, ErrorCode.NOT_ASSIGNED, "moved"));
                continue;
            }
            if (unverifiable) {
                result.addRefused(refusal(wire, ErrorCode.LEADER_UNAVAILABLE, "not verified"));
                continue;
            }
            accepted.put(partition, offset);
            if (offset.getOffset() != -1) {
                owned.committed = offset.getOffset();
                owned.metadata = offset.getMetadata();
                group.commits.add(partition + "@" + offset.getOffset());
            }
        }
        send(MemberResponse.newBuilder().setCommitted(result));
        if (release) {
            accepted.keySet()
                    .forEach(
                            it ->
                                    group.give(
                                            group.partitions.get(it),
                                            group.partitions.get(it).target));
            group.tellAll();
        }
    }

    private static CommitRefusal.Builder refusal(
            AssignedPartition partition, ErrorCode code, String why) {
        return CommitRefusal.newBuilder()
                .setPartition(partition)
                .setError(WireError.toDetail(MillraceException.of(code, why)));
    }

    private void leave(boolean restarting) {
        group.leaves++;
        if (!restarting) {
            group.members.remove(member.id);
            group.drop(member);
            group.tellAll();
        }
        forget();
        out.onCompleted();
    }

    void end(MillraceException why) {
        send(
                MemberResponse.newBuilder()
                        .setEnd(AttendEnd.newBuilder().setError(WireError.toDetail(why))));
        forget();
        out.onCompleted();
    }

    void fail() {
        forget();
        out.onError(WireError.toStatus(MillraceException.of(ErrorCode.NOT_READY, "broken")));
    }

    private void forget() {
        ended = true;
        if (member != null && member.session == this) {
            member.session = null;
        }
    }

    private void send(MemberResponse.Builder response) {
        if (!group.silent && !ended && !broker.isMute()) {
            out.onNext(response.build());
        }
    }
}
