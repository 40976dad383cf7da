package io.millrace.tests.groups;

import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.tests.processes.Messages;
import io.millrace.v1.Assignment;
import io.millrace.v1.CommitOffsets;
import io.millrace.v1.CommitResult;
import io.millrace.v1.CommittedOffset;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.GroupServiceGrpc;
import io.millrace.v1.HeldPartition;
import io.millrace.v1.Join;
import io.millrace.v1.Joined;
import io.millrace.v1.MemberHeartbeat;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A member without the SDK, which would not make the mistakes that are to be made. */
final class RawMember implements ClientResponseObserver<MemberRequest, MemberResponse> {

    private static final int VERSION = 1;
    private static final long ANSWER_SECONDS = 30;

    private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    private ClientCallStreamObserver<MemberRequest> call;
    private final StreamObserver<MemberRequest> requests;
    private long correlationId;

    private RawMember(Channel channel) {
        requests = GroupServiceGrpc.newStub(channel).attend(this);
    }

    /** A stream on which nothing was said yet. */
    static RawMember open(Channel channel) {
        return new RawMember(channel);
    }

    /** A join that is right. */
    static Join.Builder join(String group, String memberId, String topic) {
        return Join.newBuilder()
                .setProtocolVersion(VERSION)
                .setGroup(group)
                .setMemberId(memberId)
                .addTopics(topic);
    }

    /** Joins, waiting for nothing. */
    RawMember ask(Join.Builder join) {
        send(MemberRequest.newBuilder().setJoin(join));
        return this;
    }

    /** Joins, and must be let in. */
    Joined joined(Join.Builder join) throws InterruptedException {
        return ask(join).next().getJoined();
    }

    /** Waits for an assignment of so many partitions; answers to anything else are dropped. */
    List<HeldPartition> held(int count) throws InterruptedException {
        while (true) {
            Assignment assignment = next().getAssignment();
            if (assignment.getHeldCount() == count) {
                return assignment.getHeldList();
            }
        }
    }

    /** Commits, and gives the answer. */
    CommitResult commit(CommittedOffset.Builder... offsets) throws InterruptedException {
        CommitOffsets.Builder commit = CommitOffsets.newBuilder().setCorrelationId(++correlationId);
        for (CommittedOffset.Builder each : offsets) {
            commit.addOffsets(each);
        }
        send(MemberRequest.newBuilder().setCommit(commit));
        while (true) {
            MemberResponse response = next();
            if (response.hasCommitted()) {
                return response.getCommitted();
            }
        }
    }

    /** Commits one offset that must be refused, with a message for people. */
    ErrorDetail refused(CommittedOffset.Builder offset) throws InterruptedException {
        CommitResult result = commit(offset);
        if (result.getRefusedCount() != 1) {
            throw new IllegalStateException("not refused: " + result);
        }
        ErrorDetail error = result.getRefused(0).getError();
        Messages.forPeople(error.getMessage());
        return error;
    }

    void beat() {
        send(MemberRequest.newBuilder().setHeartbeat(MemberHeartbeat.newBuilder().setSequence(1)));
    }

    void send(MemberRequest.Builder request) {
        requests.onNext(request.build());
    }

    /** The reason with which the broker ends the stream, a message for people. */
    ErrorDetail ended() throws InterruptedException {
        while (true) {
            MemberResponse response = next();
            if (response.hasEnd()) {
                ErrorDetail error = response.getEnd().getError();
                Messages.forPeople(error.getMessage());
                return error;
            }
        }
    }

    /** What comes next. */
    MemberResponse next() throws InterruptedException {
        Object answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
        if (answer instanceof MemberResponse response) {
            return response;
        }
        throw new IllegalStateException("no answer, but " + answer);
    }

    /** Breaks the stream without a word. */
    void vanish() {
        call.cancel("gone", null);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<MemberRequest> stream) {
        call = stream;
    }

    @Override
    public void onNext(MemberResponse response) {
        answers.add(response);
    }

    @Override
    public void onError(Throwable failure) {
        answers.add(failure);
    }

    @Override
    public void onCompleted() {
        answers.add("the end of the stream");
    }
}
