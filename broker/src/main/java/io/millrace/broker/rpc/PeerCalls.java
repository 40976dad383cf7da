package io.millrace.broker.rpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.cluster.NewsListener;
import io.millrace.broker.cluster.PeerGate;
import io.millrace.broker.cluster.Peers;
import io.millrace.broker.cluster.ReportStream;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.GetReportsRequest;
import io.millrace.v1.GetReportsResponse;
import io.millrace.v1.GreetRequest;
import io.millrace.v1.GreetResponse;
import io.millrace.v1.HandOverRequest;
import io.millrace.v1.HandOverResponse;
import io.millrace.v1.PeerServiceGrpc;
import io.millrace.v1.PeerServiceGrpc.PeerServiceStub;
import io.millrace.v1.SubmitCommandRequest;
import io.millrace.v1.SubmitCommandResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls other brokers over gRPC. Thread-safe; nothing blocks. */
public final class PeerCalls implements Peers {

    /** More than any cluster map that the limits allow. */
    private static final int MAX_NEWS_BYTES = 64 << 20;

    private static final int MAX_GREETING_BYTES = 1 << 20;

    private final PeerChannels channels;

    public PeerCalls(PeerChannels channels) {
        this.channels = channels;
    }

    @Override
    public CompletableFuture<GreetResponse> greet(
            String address, GreetRequest request, Duration deadline) {
        Answer<GreetResponse> answer = new Answer<>();
        PeerServiceGrpc.newStub(channels.anonymous(address))
                .withMaxInboundMessageSize(MAX_GREETING_BYTES)
                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                .greet(request, answer);
        return answer.future;
    }

    @Override
    public CompletableFuture<SubmitCommandResponse> submit(
            int nodeId, SubmitCommandRequest request, Duration deadline) {
        Answer<SubmitCommandResponse> answer = new Answer<>();
        control(nodeId)
                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                .submitCommand(request, answer);
        return answer.future;
    }

    @Override
    public CompletableFuture<GetReportsResponse> reports(int nodeId, Duration deadline) {
        Answer<GetReportsResponse> answer = new Answer<>();
        control(nodeId)
                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                .getReports(GetReportsRequest.getDefaultInstance(), answer);
        return answer.future;
    }

    @Override
    public CompletableFuture<Void> handOver(
            int nodeId, HandOverRequest request, Duration deadline) {
        Answer<HandOverResponse> answer = new Answer<>();
        control(nodeId)
                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                .handOver(request, answer);
        return answer.future.thenApply(done -> null);
    }

    @Override
    public ReportStream attend(int nodeId, NewsListener listener) {
        AttendCall call = new AttendCall(listener);
        control(nodeId).attend(call);
        return call;
    }

    @Override
    public boolean isReachable(int nodeId) {
        return channels.isReachable(nodeId);
    }

    private PeerServiceStub control(int nodeId) {
        return PeerServiceGrpc.newStub(channels.control(nodeId))
                .withMaxInboundMessageSize(MAX_NEWS_BYTES);
    }

    /** A refusal at the door never reached whom it was meant for. */
    static MillraceException understood(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        boolean refused =
                status.getCode() == Status.Code.PERMISSION_DENIED
                        || status.getCode() == Status.Code.UNAUTHENTICATED;
        return refused
                ? PeerGate.told(String.valueOf(status.getDescription()))
                : WireError.fromThrowable(failure);
    }

    /** The answer to a unary call. */
    private static final class Answer<T> implements StreamObserver<T> {

        private final CompletableFuture<T> future = new CompletableFuture<>();

        @Override
        public void onNext(T value) {
            future.complete(value);
        }

        @Override
        public void onError(Throwable failure) {
            future.completeExceptionally(understood(failure));
        }

        @Override
        public void onCompleted() {
            // the answer came before, or gRPC has failed the call
        }
    }
}
