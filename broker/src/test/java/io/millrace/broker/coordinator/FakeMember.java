package io.millrace.broker.coordinator;

import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.AssignedPartition;
import io.millrace.v1.Assignment;
import io.millrace.v1.CommitOffsets;
import io.millrace.v1.CommitResult;
import io.millrace.v1.CommittedOffset;
import io.millrace.v1.HeldPartition;
import io.millrace.v1.Join;
import io.millrace.v1.Joined;
import io.millrace.v1.Leave;
import io.millrace.v1.MemberHeartbeat;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import io.millrace.v1.ReleasePartitions;
import io.millrace.v1.RevokedPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A member's end of one stream: says what the test wants and keeps what it hears. */
final class FakeMember implements MemberOutlet {

    final String id;
    final List<MemberResponse> heard = new ArrayList<>();
    final MemberSession session;
    boolean ready = true;
    boolean completed;
    int requested;
    long correlationId;

    FakeMember(CoordinatingBroker broker, String id) {
        this.id = id;
        this.session = new MemberSession(broker.coordinators, this, "10.0.0.1:5000");
    }

    static Join.Builder joinOf(String id, String... topics) {
        return Join.newBuilder()
                .setProtocolVersion(1)
                .setGroup("billing")
                .setMemberId(id)
                .addAllTopics(topics.length == 0 ? List.of("t") : Arrays.asList(topics));
    }

    void join(Join.Builder join) {
        session.onRequest(MemberRequest.newBuilder().setJoin(join).build());
    }

    void heartbeat(long sequence) {
        session.onRequest(
                MemberRequest.newBuilder()
                        .setHeartbeat(MemberHeartbeat.newBuilder().setSequence(sequence))
                        .build());
    }

    long commit(CommittedOffset... offsets) {
        session.onRequest(
                MemberRequest.newBuilder()
                        .setCommit(
                                CommitOffsets.newBuilder()
                                        .setCorrelationId(++correlationId)
                                        .addAllOffsets(Arrays.asList(offsets)))
                        .build());
        return correlationId;
    }

    long commit(int partition, long offset) {
        return commit(offset(partition, offset));
    }

    long release(CommittedOffset... offsets) {
        session.onRequest(
                MemberRequest.newBuilder()
                        .setRelease(
                                ReleasePartitions.newBuilder()
                                        .setCorrelationId(++correlationId)
                                        .addAllPartitions(Arrays.asList(offsets)))
                        .build());
        return correlationId;
    }

    void leave(boolean restarting) {
        session.onRequest(
                MemberRequest.newBuilder()
                        .setLeave(Leave.newBuilder().setRestarting(restarting))
                        .build());
    }

    /** The commit of a partition as it was assigned last. */
    CommittedOffset offset(int partition, long offset) {
        return CommittedOffset.newBuilder()
                .setPartition(partition(partition))
                .setOffset(offset)
                .build();
    }

    AssignedPartition partition(int number) {
        List<AssignedPartition> all = new ArrayList<>();
        for (MemberResponse response : heard) {
            if (response.hasAssignment()) {
                Assignment told = response.getAssignment();
                told.getHeldList().stream().map(HeldPartition::getPartition).forEach(all::add);
                told.getRevokedList().stream()
                        .map(RevokedPartition::getPartition)
                        .forEach(all::add);
            }
        }
        return all.stream()
                .filter(one -> one.getPartition() == number)
                .reduce((former, later) -> later)
                .orElseThrow(() -> new AssertionError("never had partition " + number));
    }

    /** The sequence of the heartbeat answered last; -1: none was. */
    long beaten() {
        return heard.stream()
                .filter(MemberResponse::hasHeartbeat)
                .mapToLong(one -> one.getHeartbeat().getSequence())
                .max()
                .orElse(-1);
    }

    Joined joined() {
        return heard.stream()
                .filter(MemberResponse::hasJoined)
                .findFirst()
                .orElseThrow(() -> new AssertionError("not joined: " + heard))
                .getJoined();
    }

    boolean hasJoined() {
        return heard.stream().anyMatch(MemberResponse::hasJoined);
    }

    Assignment assignment() {
        return heard.stream()
                .filter(MemberResponse::hasAssignment)
                .reduce((former, later) -> later)
                .orElseThrow(() -> new AssertionError("nothing assigned: " + heard))
                .getAssignment();
    }

    List<Integer> held() {
        return assignment().getHeldList().stream()
                .map(one -> one.getPartition().getPartition())
                .toList();
    }

    List<Integer> revoked() {
        return assignment().getRevokedList().stream()
                .map(one -> one.getPartition().getPartition())
                .toList();
    }

    boolean isAnswered(long correlation) {
        return heard.stream()
                .anyMatch(
                        one ->
                                one.hasCommitted()
                                        && one.getCommitted().getCorrelationId() == correlation);
    }

    /** What of a request was refused. */
    List<MillraceException> refused(long correlation) {
        CommitResult result =
                heard.stream()
                        .filter(MemberResponse::hasCommitted)
                        .map(MemberResponse::getCommitted)
                        .filter(one -> one.getCorrelationId() == correlation)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("not answered: " + heard));
        return result.getRefusedList().stream()
                .map(one -> WireError.fromDetail(one.getError()))
                .toList();
    }

    /** Why the stream has ended. */
    MillraceException end() {
        MemberResponse last = heard.get(heard.size() - 1);
        if (!completed || !last.hasEnd()) {
            throw new AssertionError("has not ended: " + heard);
        }
        return WireError.fromDetail(last.getEnd().getError());
    }

    void becomeReady() {
        ready = true;
        session.onReady();
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void send(MemberResponse response) {
        heard.add(response);
    }

    @Override
    public void requestNext() {
        requested++;
    }

    @Override
    public void complete() {
        completed = true;
    }
}
