package io.millrace.client.fake;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.AssignedPartition;
import io.millrace.v1.GroupServiceGrpc;
import io.millrace.v1.Join;
import io.millrace.v1.MemberProgress;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
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
    private static final int REMAINING_MS = 5_000;

    static final class Member {
        final String id;
        final String instanceId;
        long epoch;
        FakeAttendance session;

        Member(String id, String instanceId) {
            this.id = id;
            this.instanceId = instanceId;
        }
    }

    static final class Owned {
        final AssignedPartition.Builder wire;
        String owner = "";
        String target = "";
        Long committed;
        String metadata = "";
        boolean later;

        Owned(AssignedPartition.Builder wire) {
            this.wire = wire;
        }

        boolean isRevoking() {
            return !owner.isEmpty() && !target.equals(owner);
        }
    }

    private final FakeCluster cluster;
    final Map<String, Member> members = new LinkedHashMap<>();
    final Map<TopicPartition, Owned> partitions = new TreeMap<>();
    final List<String> commits = new ArrayList<>();
    final List<Join> joins = new ArrayList<>();
    final Map<TopicPartition, MemberProgress> progress = new HashMap<>();
    int progressTold;
    int coordinator = 1;
    int leaseMs = 2_000;
    int remainingMs = REMAINING_MS;
    long epochs;
    boolean silent;
    boolean paused;
    boolean queueMode;
    int leaves;
    int refusals;

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

    /** Every member holds everything, and queues hand the records out. */
    public void setQueueMode(boolean value) {
        synchronized (cluster) {
            queueMode = value;
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

    /** It came into being while the group followed its topic. */
    public void setLater(TopicPartition partition) {
        synchronized (cluster) {
            partitions.get(partition).later = true;
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

    /** So many commits cannot be verified: their partitions have no leader. */
    public void refuseCommits(int count) {
        synchronized (cluster) {
            refusals = count;
        }
    }

    /** How many commits are still to be refused. */
    public int refusals() {
        synchronized (cluster) {
            return refusals;
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
                ((ServerCallStreamObserver<MemberResponse>) out).setOnCancelHandler(() -> {});
                return new FakeAttendance(cluster, FakeGroup.this, broker, out);
            }
        };
    }

    boolean isStay(String memberId, long memberEpoch) {
        Member member = members.get(memberId);
        return member != null && member.epoch == memberEpoch;
    }

    void drop(Member member) {
        for (Owned owned : partitions.values()) {
            if (owned.target.equals(member.id)) {
                owned.target = "";
            }
            if (owned.owner.equals(member.id)) {
                give(owned, owned.target);
            }
        }
    }

    void give(Owned owned, String to) {
        owned.owner = to;
        owned.target = to;
        owned.wire.setAssignmentEpoch(++epochs);
    }

    void tellAll() {
        members.values().stream().filter(it -> it.session != null).forEach(it -> it.session.tell());
    }

    MillraceException notLeader() {
        return MillraceException.of(ErrorCode.NOT_LEADER, "not the coordinator")
                .with(MillraceException.LEADER, cluster.broker(coordinator).address());
    }

    static MillraceException fenced() {
        return MillraceException.of(ErrorCode.MEMBER_FENCED, "fenced");
    }
}
