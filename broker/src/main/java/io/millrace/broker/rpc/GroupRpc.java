package io.millrace.broker.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.coordinator.Coordinators;
import io.millrace.broker.coordinator.MemberSession;
import io.millrace.broker.groups.GroupAdmin;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeleteGroupRequest;
import io.millrace.v1.DeleteGroupResponse;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.GroupServiceGrpc.GroupServiceImplBase;
import io.millrace.v1.InspectPartitionsRequest;
import io.millrace.v1.InspectPartitionsResponse;
import io.millrace.v1.ListGroupsRequest;
import io.millrace.v1.ListGroupsResponse;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import io.millrace.v1.PauseGroupRequest;
import io.millrace.v1.PauseGroupResponse;
import io.millrace.v1.ResumeQueuesRequest;
import io.millrace.v1.ResumeQueuesResponse;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SeekGroupResponse;
import io.millrace.v1.SetGroupRequest;
import io.millrace.v1.SetGroupResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The group service over gRPC. Thread-safe. */
public final class GroupRpc extends GroupServiceImplBase {

    private final Coordinators coordinators;
    private final GroupAdmin admin;
    private final Set<MemberSession> open = ConcurrentHashMap.newKeySet();

    public GroupRpc(Coordinators coordinators, GroupAdmin admin) {
        this.coordinators = coordinators;
        this.admin = admin;
    }

    /** How many attend streams are open. */
    public int openStreams() {
        return open.size();
    }

    /** Ends all attend streams with a reason. */
    public void endAll(MillraceException reason) {
        open.forEach(session -> session.end(reason));
    }

    @Override
    public StreamObserver<MemberRequest> attend(StreamObserver<MemberResponse> responses) {
        ServerCallStreamObserver<MemberResponse> call =
                (ServerCallStreamObserver<MemberResponse>) responses;
        call.disableAutoRequest();
        MemberSession session =
                new MemberSession(coordinators, new MemberCall(call), CallerAddress.present());
        open.add(session);
        call.setOnReadyHandler(session::onReady);
        call.setOnCancelHandler(() -> close(session));
        call.setOnCloseHandler(() -> close(session));
        call.request(1);
        return new StreamObserver<>() {
            @Override
            public void onNext(MemberRequest request) {
                session.onRequest(request);
            }

            @Override
            public void onError(Throwable error) {
                close(session);
            }

            @Override
            public void onCompleted() {
                session.onClosed();
            }
        };
    }

    @Override
    public void listGroups(ListGroupsRequest request, StreamObserver<ListGroupsResponse> response) {
        UnaryAnswer.now(response, () -> admin.list(request));
    }

    @Override
    public void describeGroup(
            DescribeGroupRequest request, StreamObserver<DescribeGroupResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(response, () -> admin.describe(request, forwarded));
    }

    @Override
    public void seekGroup(SeekGroupRequest request, StreamObserver<SeekGroupResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(response, () -> admin.seek(request, forwarded));
    }

    @Override
    public void pauseGroup(PauseGroupRequest request, StreamObserver<PauseGroupResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(response, () -> admin.pause(request, forwarded));
    }

    @Override
    public void setGroup(SetGroupRequest request, StreamObserver<SetGroupResponse> response) {
        UnaryAnswer.later(response, () -> admin.set(request));
    }

    @Override
    public void deleteGroup(
            DeleteGroupRequest request, StreamObserver<DeleteGroupResponse> response) {
        boolean forwarded = ForwardedCalls.isForwarded();
        UnaryAnswer.later(response, () -> admin.delete(request, forwarded));
    }

    @Override
    public void inspectPartitions(
            InspectPartitionsRequest request, StreamObserver<InspectPartitionsResponse> response) {
        UnaryAnswer.later(response, () -> admin.inspect(request));
    }

    @Override
    public void resumeQueues(
            ResumeQueuesRequest request, StreamObserver<ResumeQueuesResponse> response) {
        UnaryAnswer.later(response, () -> admin.resumeQueues(request));
    }

    private void close(MemberSession session) {
        open.remove(session);
        session.onClosed();
    }
}
