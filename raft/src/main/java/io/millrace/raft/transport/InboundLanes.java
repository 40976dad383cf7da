package io.millrace.raft.transport;

import com.alipay.sofa.jraft.error.RaftError;
import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.millrace.raft.transport.FrameFormat.BadFrameException;
import io.millrace.raft.transport.FrameFormat.Received;
import io.millrace.raft.transport.RequestHandler.Request;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the lanes that peers open towards this broker, and brings their requests to those who
 * handle them: a stream is always read, and what is too much for a group is answered as busy.
 */
final class InboundLanes implements BindableService {

    private static final Logger LOG = LoggerFactory.getLogger(InboundLanes.class);

    private final Handshake handshake;
    private final RequestHandler handler;
    private final PeerListener listener;
    private final LaneThreads threads;
    private final LogLimit limit;
    private final LongSupplier nanoTime;
    private final TickedClock running;
    private final IntConsumer onAbsence;
    private final PeerOptions options;
    private final GroupQueues data;
    private final GroupQueues control;

    InboundLanes(LinkContext context, RequestHandler handler) {
        this.handshake = context.handshake();
        this.handler = handler;
        this.listener = context.listener();
        this.threads = context.threads();
        this.limit = context.limit();
        this.nanoTime = context.nanoTime();
        this.running = context.running();
        this.onAbsence = context.onAbsence();
        this.options = context.options();
        this.data =
                new GroupQueues(
                        threads.pool(Lane.DATA), options.groupBytes(), options.totalBytes());
        this.control =
                new GroupQueues(
                        threads.pool(Lane.CONTROL), options.groupBytes(), options.totalBytes());
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(Exchange.SERVICE)
                .addMethod(Exchange.METHOD, this::open)
                .build();
    }

    private ServerCall.Listener<Frame> open(ServerCall<Frame, Frame> call, Metadata headers) {
        PeerIdentity peer = PeerDoor.CALLER.get();
        Lane lane;
        try {
            lane = PeerHeaders.lane(headers);
        } catch (IllegalArgumentException e) {
            call.close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        InboundStream stream = new InboundStream(call, peer, lane, this);
        if (handshake.connected().enter(peer, stream)) {
            stream.start();
        } else {
            stream.cut("another run of node " + peer.nodeId() + " has connected");
        }
        return stream;
    }

    /**
     * Brings a request to its group's queue, or answers it at once.
     *
     * @throws BadFrameException if it is none
     */
    void take(InboundStream stream, Received message) throws BadFrameException {
        if (message.type() != FrameFormat.Type.REQUEST || message.method().lane != stream.lane()) {
            throw new BadFrameException(
                    "a %s of %s does not belong on the %s lane"
                            .formatted(message.type(), message.method(), stream.lane()));
        }
        Message content = message.message();
        RequestAddress address;
        try {
            address = RequestAddress.of(content);
        } catch (IllegalArgumentException e) {
            throw new BadFrameException(e.getMessage());
        }
        int from = stream.peer().nodeId();
        Answer answer = stream.answerTo(message);
        if (RequestAddress.node(address.from()) != from) {
            throw new BadFrameException("node " + from + " speaks as " + address.from());
        }
        if (RequestAddress.node(address.to()) != handshake.self().nodeId()) {
            answer.error(RaftError.ENOENT, address.to() + " does not live here");
            return;
        }
        Request request =
                new Request(
                        message.method(),
                        content,
                        address.group(),
                        address.to(),
                        from,
                        nanoTime.getAsLong());
        if (!submit(request, message.bytes(), answer)) {
            listener.groupBusy(from, address.group());
            answer.error(
                    RaftError.EBUSY,
                    "node %d has too much to do for group %s"
                            .formatted(handshake.self().nodeId(), address.group()));
        }
    }

    private boolean submit(Request request, int bytes, Answer answer) {
        Runnable action = () -> handler.handle(request, answer);
        return switch (request.method().lane) {
            case DATA -> data.submit(request.group(), bytes, action);
            case CONTROL -> control.submit(request.group(), bytes, action);
            case BULK -> install(action);
        };
    }

    private boolean install(Runnable action) {
        try {
            threads.pool(Lane.BULK).execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    void bad(InboundStream stream, BadFrameException e) {
        if (limit.allows("bad frame " + stream.peer().nodeId())) {
            LOG.warn(
                    "Node {} sent what cannot be understood on the {} lane: {}",
                    stream.peer().nodeId(),
                    stream.lane(),
                    e.getMessage());
        }
    }

    void ended(InboundStream stream) {
        handshake.connected().leave(stream.peer(), stream);
        onAbsence.accept(stream.peer().nodeId());
    }

    /** Runs something when answers to heartbeats have waited long enough. */
    void later(Runnable action) {
        try {
            threads.timer.schedule(
                    action, options.gather().toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            action.run();
        }
    }

    /** The time by which silence is measured. */
    long running() {
        return running.now();
    }

    /** Cuts off the peers that have gone without a word. */
    void tick() {
        for (ConnectedPeers.Stream stream : handshake.connected().streams()) {
            InboundStream inbound = (InboundStream) stream;
            // Twice: the other side is the first to notice, and knows better what to do.
            inbound.tick(2 * options.silence(inbound.lane()).toNanos());
        }
    }
}
