package io.millrace.broker.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.cluster.Attendee;
import io.millrace.broker.cluster.AttendeeOutlet;
import io.millrace.broker.cluster.Attendees;
import io.millrace.broker.cluster.BrokerWatch;
import io.millrace.broker.cluster.Greeter;
import io.millrace.broker.controller.CommandForwarder;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.pull.PullServer;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.ControllerNews;
import io.millrace.v1.GetReportsRequest;
import io.millrace.v1.GetReportsResponse;
import io.millrace.v1.GreetRequest;
import io.millrace.v1.GreetResponse;
import io.millrace.v1.HandOverRequest;
import io.millrace.v1.HandOverResponse;
import io.millrace.v1.PeerServiceGrpc.PeerServiceImplBase;
import io.millrace.v1.PullRecordsRequest;
import io.millrace.v1.PulledBatches;
import io.millrace.v1.SubmitCommandRequest;
import io.millrace.v1.SubmitCommandResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What brokers ask of each other, over gRPC. Thread-safe. */
public final class PeerRpc extends PeerServiceImplBase {

    private final Greeter greeter;
    private volatile Duties duties;

    /**
     * What a broker does for others once it is in a cluster.
     *
     * @param controller executes commands
     * @param attendees take reports
     * @param watch has them
     * @param pulls give stored batches
     */
    private record Duties(
            Controller controller,
            Attendees attendees,
            BrokerWatch watch,
            PullAnswers pulls,
            Consumer<HandOverRequest> handOvers) {}

    /** Answers greetings, and nothing else until {@link #serve}. */
    public PeerRpc(Greeter greeter) {
        this.greeter = greeter;
    }

    /**
     * Answers everything from now on.
     *
     * @param reading reads what is pulled from the disk
     * @param handOvers has a shard that is led here handed over; must not block
     */
    public void serve(
            Controller controller,
            Attendees attendees,
            BrokerWatch watch,
            PullServer pulls,
            Executor reading,
            Consumer<HandOverRequest> handOvers) {
        duties =
                new Duties(
                        controller, attendees, watch, new PullAnswers(pulls, reading), handOvers);
    }

    @Override
    public void greet(GreetRequest request, StreamObserver<GreetResponse> response) {
        UnaryAnswer.now(response, () -> greeter.answer(request));
    }

    @Override
    public void submitCommand(
            SubmitCommandRequest request, StreamObserver<SubmitCommandResponse> response) {
        UnaryAnswer.later(
                response,
                () ->
                        executed(request)
                                .handle(
                                        (answer, failure) ->
                                                failure == null
                                                        ? accepted(answer)
                                                        : refused(failure)));
    }

    private CompletableFuture<CommandForwarder.Answer> executed(SubmitCommandRequest request) {
        return ready().controller().execute(request.getCommand().asReadOnlyByteBuffer());
    }

    private static SubmitCommandResponse accepted(CommandForwarder.Answer answer) {
        return SubmitCommandResponse.newBuilder()
                .setValue(ByteString.copyFrom(answer.value()))
                .setMapVersion(answer.mapVersion())
                .build();
    }

    /** In the answer, not as its status: a status may also come from the network. */
    private static SubmitCommandResponse refused(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return SubmitCommandResponse.newBuilder()
                .setRefusal(WireError.toDetail(WireError.fromThrowable(cause)))
                .build();
    }

    @Override
    public void getReports(GetReportsRequest request, StreamObserver<GetReportsResponse> response) {
        UnaryAnswer.now(response, () -> ready().watch().reports());
    }

    @Override
    public void pullRecords(PullRecordsRequest request, StreamObserver<PulledBatches> response) {
        try {
            ready().pulls().answer(request, response);
        } catch (MillraceException e) {
            response.onError(WireError.toStatus(e));
        }
    }

    @Override
    public void handOver(HandOverRequest request, StreamObserver<HandOverResponse> response) {
        UnaryAnswer.now(
                response,
                () -> {
                    ready().handOvers().accept(request);
                    return HandOverResponse.getDefaultInstance();
                });
    }

    @Override
    public StreamObserver<BrokerReport> attend(StreamObserver<ControllerNews> responses) {
        ServerCallStreamObserver<ControllerNews> call =
                (ServerCallStreamObserver<ControllerNews>) responses;
        Attendees attendees;
        Attendee attendee;
        try {
            attendees = ready().attendees();
            attendee = attendees.open(new Outlet(call));
        } catch (MillraceException e) {
            call.onError(WireError.toStatus(e));
            return new Deaf();
        }
        call.setOnCancelHandler(() -> attendees.close(attendee));
        call.setOnCloseHandler(() -> attendees.close(attendee));
        return new StreamObserver<>() {
            @Override
            public void onNext(BrokerReport report) {
                attendees.report(attendee, report);
            }

            @Override
            public void onError(Throwable error) {
                attendees.close(attendee);
            }

            @Override
            public void onCompleted() {
                attendees.close(attendee);
                if (!call.isCancelled()) {
                    call.onCompleted();
                }
            }
        };
    }

    private Duties ready() {
        Duties current = duties;
        if (current == null) {
            throw MillraceException.of(
                    ErrorCode.NOT_READY, "the broker is starting and in no cluster yet; try again");
        }
        return current;
    }

    /** The attendees call it under their lock, so one thread at a time. */
    private static final class Outlet implements AttendeeOutlet {

        private final ServerCallStreamObserver<ControllerNews> call;
        private boolean ended;

        Outlet(ServerCallStreamObserver<ControllerNews> call) {
            this.call = call;
        }

        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public void send(ControllerNews news) {
            if (!ended && !call.isCancelled()) {
                call.onNext(news);
            }
        }

        @Override
        public void end(MillraceException reason) {
            if (!ended && !call.isCancelled()) {
                ended = true;
                call.onError(WireError.toStatus(reason));
            }
        }
    }

    /** Takes what comes after a refusal. */
    private static final class Deaf implements StreamObserver<BrokerReport> {

        @Override
        public void onNext(BrokerReport report) {
            // refused already
        }

        @Override
        public void onError(Throwable error) {
            // refused already
        }

        @Override
        public void onCompleted() {
            // refused already
        }
    }
}
