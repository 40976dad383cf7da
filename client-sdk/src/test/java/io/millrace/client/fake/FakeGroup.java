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
import io.millrace.v1.GroupServiceGrpc;
import io.millrace.v1.HeartbeatAck;
import io.millrace.v1.HeldPartition;
import io.millrace.v1.Join;
import io.millrace.v1.Joined;
import io.millrace.v1.MemberHeartbeat;
import io.millrace.v1.MemberProgress;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import io.millrace.v1.RevokedPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One group with a coordinator that does what tests say: a member that joins gets what nobody owns;
 * everything else moves when a test moves it. Guarded by the cluster's monitor.
 */
public final class FakeGroup {
    private static final int HEARTBEAT_MS = 100;
    private static final int REMAINING_MS = 5_000;

    private static final class Member {
        private final String id;
        private final String instanceId;
        private long epoch;
        private Session session;

        Member(String id, String instanceId) {
            this.id = id;
            this.instanceId = instanceId;
        }
    }

    private static final class Owned {
        private final AssignedPartition.Builder wire;
        private String owner = "";
        private String target = "";
        private Long committed;
        private String metadata = "";

        Owned(AssignedPartition.Builder wire) {
            this.wire = wire;
        }

        boolean isRevoking() {
            return !owner.isEmpty() && !target.equals(owner);
        }
    }

    private final FakeCluster cluster;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<TopicPartition, Owned> partitions = new TreeMap<>();
    private final List<String> commits = new ArrayList<>();
    private final List<Join> joins = new ArrayList<>();
    private final Map<TopicPartition, MemberProgress> progress = new HashMap<>();
    private int progressTold;
    private int coordinator = 1;
    private int leaseMs = 2_000;
    private int remainingMs = REMAINING_MS;
    private long epochs;
    private boolean silent;
    private boolean paused;
    private int leaves;

    FakeGroup(FakeCluster cluster) {
        this.cluster = cluster;
    }

    /** The group follows all partitions of a topic. */
    public void follow(String topic, int count) {
        synchronized (cluster) {
            for (int p = 0; p < count; p++) {
                partitions.put(
                        new TopicPartition(topic, p),
                        new Owned(
                                AssignedPartition.newBuilder()
                                        .setTopic(topic)
                                        .setTopicId(cluster.topic(topic).id)
                                        .setPartition(p)));
            }
        }
    }

    /** The lease of stays that begin from now on. */
    public void setLeaseMs(int milliseconds) {
        synchronized (cluster) {
            leaseMs = milliseconds;
        }
    }

    /** How long a revocation may take. */
    public void setRemainingMs(int milliseconds) {
        synchronized (cluster) {
            remainingMs = milliseconds;
        }
    }

    /** What was committed before. */
    public void setCommitted(TopicPartition partition, long offset, String metadata) {
        synchronized (cluster) {
            partitions.get(partition).committed = offset;
            partitions.get(partition).metadata = metadata;
        }
    }

    /** The committed offset; -1: none. */
    public long committed(TopicPartition partition) {
        synchronized (cluster) {
            Long offset = partitions.get(partition).committed;
            return offset == null ? -1 : offset;
        }
    }

    /** What came with the commit. */
    public String metadata(TopicPartition partition) {
        synchronized (cluster) {
            return partitions.get(partition).metadata;
        }
    }

    /** All commits that were accepted, in their order, as topic/partition@offset. */
    public List<String> commits() {
        synchronized (cluster) {
            return List.copyOf(commits);
        }
    }

    /** All joins that came to the coordinator. */
    public List<Join> joins() {
        synchronized (cluster) {
            return List.copyOf(joins);
        }
    }

    /** What a member has told last of a partition; null: nothing. */
    public MemberProgress progress(TopicPartition partition) {
        synchronized (cluster) {
            return progress.get(partition);
        }
    }

    /** How often members have told of a partition. */
    public int progressTold() {
        synchronized (cluster) {
            return progressTold;
        }
    }

    /** How many members have left by themselves. */
    public int leaves() {
        synchronized (cluster) {
            return leaves;
        }
    }

    /** The owner's member id; empty: nobody. */
    public String owner(TopicPartition partition) {
        synchronized (cluster) {
            return partitions.get(partition).owner;
        }
    }

    /** The ids of the members, in the order in which they joined. */
    public List<String> members() {
        synchronized (cluster) {
            return List.copyOf(members.keySet());
        }
    }

    /** Asks the owner to give a partition up for another member; empty: for nobody. */
    public void move(TopicPartition partition, String to) {
        synchronized (cluster) {
            partitions.get(partition).target = to;
            tellAll();
        }
    }

    /** Takes a partition away without waiting. */
    public void takeAway(TopicPartition partition) {
        synchronized (cluster) {
            Owned owned = partitions.get(partition);
            give(owned, owned.target.equals(owned.owner) ? "" : owned.target);
            tellAll();
        }
    }

    /** Pauses or resumes the group. */
    public void setPaused(boolean value) {
        synchronized (cluster) {
            paused = value;
            tellAll();
        }
    }

    /** From now on the coordinator hears everything and says nothing. */
    public void setSilent(boolean value) {
        synchronized (cluster) {
            silent = value;
        }
    }

    /** Another broker becomes the coordinator; streams to the former end. */
    public void moveCoordinator(int node) {
        synchronized (cluster) {
            coordinator = node;
            for (Member member : members.values()) {
                if (member.session != null) {
                    member.session.end(notLeader());
                }
            }
        }
    }

    /** Breaks all streams without a word. */
    public void breakStreams() {
        synchronized (cluster) {
            for (Member member : members.values()) {
                if (member.session != null) {
                    member.session.fail();
                }
            }
        }
    }

    /** Expires a member, as if its lease had run out. */
    public void expire(String memberId) {
        synchronized (cluster) {
            Member member = members.remove(memberId);
            drop(member);
            if (member.session != null) {
                member.session.end(fenced());
            }
            tellAll();
        }
    }

    GroupServiceGrpc.GroupServiceImplBase service(FakeBroker broker) {
        return new Scripted.Groups(cluster.script()) {
            @Override
            public StreamObserver<MemberRequest> attend(StreamObserver<MemberResponse> out) {
                return new Session(broker, out);
            }
        };
    }

    private void drop(Member member) {
        for (Owned owned : partitions.values()) {
            if (owned.target.equals(member.id)) {
                owned.target = "";
            }
            if (owned.owner.equals(member.id)) {
                give(owned, owned.target);
            }
        }
    }

    private void give(Owned owned, String to) {
        owned.owner = to;
        owned.target = to;
        owned.wire.setAssignmentEpoch(++epochs);
    }

    private void tellAll() {
        members.values().stream().filter(it -> it.session != null).forEach(it -> it.session.tell());
    }

    private MillraceException notLeader() {
        return MillraceException.of(ErrorCode.NOT_LEADER, "not the coordinator")
                .with(MillraceException.LEADER, cluster.broker(coordinator).address());
    }

    private static MillraceException fenced() {
        return MillraceException.of(ErrorCode.MEMBER_FENCED, "fenced");
    }

    private final class Session implements StreamObserver<MemberRequest> {
        private final FakeBroker broker;
        private final StreamObserver<MemberResponse> out;
        private Member member;
        private boolean ended;

        Session(FakeBroker broker, StreamObserver<MemberResponse> out) {
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
                progress.put(new TopicPartition(wire.getTopic(), wire.getPartition()), told);
                progressTold++;
            }
            send(
                    MemberResponse.newBuilder()
                            .setHeartbeat(
                                    HeartbeatAck.newBuilder().setSequence(beat.getSequence())));
        }

        private void join(Join join) {
            if (broker.node() != coordinator) {
                end(notLeader());
                return;
            }
            if (silent) {
                return;
            }
            joins.add(join);
            Member present = members.get(join.getMemberId());
            if (join.getMemberEpoch() > 0) {
                if (present == null || present.epoch != join.getMemberEpoch()) {
                    end(fenced());
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
                                            .setLeaseMs(leaseMs)));
            tell();
        }

        private Member begin(Join join, Member present) {
            Member fresh = new Member(join.getMemberId(), join.getInstanceId());
            fresh.epoch = ++epochs;
            Member former =
                    join.getInstanceId().isEmpty()
                            ? present
                            : members.values().stream()
                                    .filter(it -> it.instanceId.equals(join.getInstanceId()))
                                    .findFirst()
                                    .orElse(present);
            if (former != null) {
                members.remove(former.id);
                if (former.session != null) {
                    former.session.end(fenced());
                }
            }
            members.put(fresh.id, fresh);
            for (Owned owned : partitions.values()) {
                if (owned.owner.isEmpty() || former != null && owned.owner.equals(former.id)) {
                    give(owned, fresh.id);
                }
            }
            return fresh;
        }

        private void tell() {
            Assignment.Builder told =
                    Assignment.newBuilder().setGroupEpoch(++epochs).setPaused(paused);
            for (Owned owned : partitions.values()) {
                if (!owned.owner.equals(member.id)) {
                    continue;
                }
                if (owned.isRevoking()) {
                    told.addRevoked(
                            RevokedPartition.newBuilder()
                                    .setPartition(owned.wire)
                                    .setRemainingMs(remainingMs));
                } else {
                    HeldPartition.Builder held =
                            HeldPartition.newBuilder()
                                    .setPartition(owned.wire)
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
            for (CommittedOffset offset : offsets) {
                AssignedPartition wire = offset.getPartition();
                TopicPartition partition = new TopicPartition(wire.getTopic(), wire.getPartition());
                Owned owned = partitions.get(partition);
                if (!owned.owner.equals(member.id)
                        || owned.wire.getAssignmentEpoch() != wire.getAssignmentEpoch()) {
                    result.addRefused(
                            CommitRefusal.newBuilder()
                                    .setPartition(wire)
                                    .setError(
                                            WireError.toDetail(
                                                    MillraceException.of(
                                                            ErrorCode.NOT_ASSIGNED, "moved"))));
                    continue;
                }
                accepted.put(partition, offset);
                if (offset.getOffset() != -1) {
                    owned.committed = offset.getOffset();
                    owned.metadata = offset.getMetadata();
                    commits.add(partition + "@" + offset.getOffset());
                }
            }
            send(MemberResponse.newBuilder().setCommitted(result));
            if (release) {
                accepted.keySet()
                        .forEach(it -> give(partitions.get(it), partitions.get(it).target));
                tellAll();
            }
        }

        private void leave(boolean restarting) {
            leaves++;
            if (!restarting) {
                members.remove(member.id);
                drop(member);
                tellAll();
            }
            forget();
            out.onCompleted();
        }

        private void end(MillraceException why) {
            send(
                    MemberResponse.newBuilder()
                            .setEnd(AttendEnd.newBuilder().setError(WireError.toDetail(why))));
            forget();
            out.onCompleted();
        }

        private void fail() {
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
            if (!silent && !ended && !broker.isMute()) {
                out.onNext(response.build());
            }
        }
    }
}
