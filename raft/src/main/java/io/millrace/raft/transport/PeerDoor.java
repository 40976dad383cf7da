package io.millrace.raft.transport;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets in the calls of known brokers, and of anyone the few that are open to all. */
final class PeerDoor implements ServerInterceptor {

    /** Who made the call that is being handled; null if anyone may make it. */
    static final Context.Key<PeerIdentity> CALLER = Context.key("millrace-peer");

    private static final Logger LOG = LoggerFactory.getLogger(PeerDoor.class);

    private final Set<String> openMethods;
    private final Handshake handshake;
    private final PeerListener listener;
    private final LogLimit limit;

    PeerDoor(
            Set<String> openMethods,
            Handshake handshake,
            PeerListener listener,
            LongSupplier nanoTime) {
        this.openMethods = openMethods;
        this.handshake = handshake;
        this.listener = listener;
        this.limit = new LogLimit(nanoTime);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (openMethods.contains(call.getMethodDescriptor().getFullMethodName())) {
            return next.startCall(call, headers);
        }
        PeerIdentity me = handshake.self();
        if (me == null) {
            return refuse(
                    call,
                    0,
                    Status.UNAVAILABLE.withDescription("this broker belongs to no cluster yet"),
                    new Metadata());
        }
        PeerIdentity peer;
        Optional<String> refusal;
        try {
            peer = PeerHeaders.read(headers);
            refusal = handshake.callRefusal(me, peer, PeerHeaders.target(headers));
        } catch (IllegalArgumentException e) {
            Status status = Status.UNAUTHENTICATED.withDescription(e.getMessage());
            return refuse(call, 0, status, new Metadata());
        }
        if (refusal.isPresent()) {
            Metadata signed = new Metadata();
            PeerHeaders.write(signed, me);
            Status status = Status.PERMISSION_DENIED.withDescription(refusal.get());
            return refuse(call, peer.nodeId(), status, signed);
        }
        Context context = Context.current().withValue(CALLER, peer);
        return Contexts.interceptCall(context, introducing(call, me), headers, next);
    }

    private <Q, A> ServerCall.Listener<Q> refuse(
            ServerCall<Q, A> call, int nodeId, Status status, Metadata trailers) {
        String reason = status.getDescription();
        Object from = call.getAttributes().get(io.grpc.Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (limit.allows(nodeId + reason)) {
            LOG.warn("A call from {} on the peer port is refused: {}", from, reason);
        }
        listener.refused(nodeId, reason);
        call.close(status, trailers);
        return new ServerCall.Listener<>() {};
    }

    /** The other side wants to know, too, whom it has reached. */
    private static <Q, A> ServerCall<Q, A> introducing(ServerCall<Q, A> call, PeerIdentity me) {
        return new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata headers) {
                PeerHeaders.write(headers, me);
                super.sendHeaders(headers);
            }
        };
    }
}
