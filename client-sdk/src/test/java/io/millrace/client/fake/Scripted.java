package io.millrace.client.fake;

import com.google.protobuf.Message;
import io.grpc.stub.StreamObserver;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.DeleteGroupRequest;
import io.millrace.v1.DeleteGroupResponse;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.DropDeadLettersRequest;
import io.millrace.v1.DropDeadLettersResponse;
import io.millrace.v1.GroupServiceGrpc.GroupServiceImplBase;
import io.millrace.v1.ListDeadLettersRequest;
import io.millrace.v1.ListDeadLettersResponse;
import io.millrace.v1.ListGroupsRequest;
import io.millrace.v1.ListGroupsResponse;
import io.millrace.v1.PauseGroupRequest;
import io.millrace.v1.PauseGroupResponse;
import io.millrace.v1.QueueServiceGrpc.QueueServiceImplBase;
import io.millrace.v1.RedriveDeadLettersRequest;
import io.millrace.v1.RedriveDeadLettersResponse;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SeekGroupResponse;
import io.millrace.v1.SetGroupRequest;
import io.millrace.v1.SetGroupResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Answers one question after another as a test has said before, at whichever broker it is asked.
 */
public final class Scripted {
    private final Deque<Object> answers = new ArrayDeque<>();
    private final List<Message> requests = new ArrayList<>();

    /** The next question that has no answer yet gets this one; it must be of its type. */
    public synchronized Scripted answer(Message answer) {
        answers.add(answer);
        return this;
    }

    /** The next question that has no answer yet fails so. */
    public synchronized Scripted fail(MillraceException failure) {
        answers.add(failure);
        return this;
    }

    /** What was asked, in order. */
    public synchronized List<Message> requests() {
        return List.copyOf(requests);
    }

    /** What was asked last. */
    public synchronized <T extends Message> T last(Class<T> type) {
        return type.cast(requests.get(requests.size() - 1));
    }

    private synchronized Object next(Message request) {
        requests.add(request);
        return answers.isEmpty()
                ? new IllegalStateException("nobody has said what to answer to " + request)
                : answers.poll();
    }

    @SuppressWarnings("unchecked")
    private <T extends Message> void answer(Message request, StreamObserver<T> out) {
        Object answer = next(request);
        if (answer instanceof MillraceException failure) {
            out.onError(WireError.toStatus(failure));
        } else if (answer instanceof Throwable bug) {
            out.onError(bug);
        } else {
            out.onNext((T) answer);
            out.onCompleted();
        }
    }

    /** What is asked about groups. */
    static class Groups extends GroupServiceImplBase {
        private final Scripted script;

        Groups(Scripted script) {
            this.script = script;
        }

        @Override
        public void listGroups(ListGroupsRequest request, StreamObserver<ListGroupsResponse> out) {
            script.answer(request, out);
        }

        @Override
        public void describeGroup(
                DescribeGroupRequest request, StreamObserver<DescribeGroupResponse> out) {
            script.answer(request, out);
        }

        @Override
        public void seekGroup(SeekGroupRequest request, StreamObserver<SeekGroupResponse> out) {
            script.answer(request, out);
        }

        @Override
        public void pauseGroup(PauseGroupRequest request, StreamObserver<PauseGroupResponse> out) {
            script.answer(request, out);
        }

        @Override
        public void setGroup(SetGroupRequest request, StreamObserver<SetGroupResponse> out) {
            script.answer(request, out);
        }

        @Override
        public void deleteGroup(
                DeleteGroupRequest request, StreamObserver<DeleteGroupResponse> out) {
            script.answer(request, out);
        }
    }

    /** What is asked about dead letters. */
    static class Queues extends QueueServiceImplBase {
        private final Scripted script;

        Queues(Scripted script) {
            this.script = script;
        }

        @Override
        public void listDeadLetters(
                ListDeadLettersRequest request, StreamObserver<ListDeadLettersResponse> out) {
            script.answer(request, out);
        }

        @Override
        public void redriveDeadLetters(
                RedriveDeadLettersRequest request, StreamObserver<RedriveDeadLettersResponse> out) {
            script.answer(request, out);
        }

        @Override
        public void dropDeadLetters(
                DropDeadLettersRequest request, StreamObserver<DropDeadLettersResponse> out) {
            script.answer(request, out);
        }
    }
}
