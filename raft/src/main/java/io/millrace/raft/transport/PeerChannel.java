package io.millrace.raft.transport;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.Executor;

/**
 * Calls of the broker's own over a lane, whatever connection it has at the moment. They say who
 * calls and whom; without a connection they fail at once, as unavailable.
 */
final class PeerChannel extends Channel {

    private final PeerLink link;
    private final Handshake handshake;
    private final Executor executor;

    PeerChannel(PeerLink link, Handshake handshake, Executor executor) {
        this.link = link;
        this.handshake = handshake;
        this.executor = executor;
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        Channel current = link.channel();
        PeerIdentity self = handshake.self();
        CallOptions withExecutor =
                options.getExecutor() == null ? options.withExecutor(executor) : options;
        if (current == null || self == null) {
            String problem = "node " + link.nodeId() + " cannot be reached: " + link.problem();
            return new FailedCall<>(
                    withExecutor.getExecutor(), Status.UNAVAILABLE.withDescription(problem));
        }
        return new ForwardingClientCall.SimpleForwardingClientCall<>(
                detached(current, method, withExecutor)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                PeerHeaders.write(headers, self);
                PeerHeaders.writeTarget(headers, link.nodeId(), link.lane());
                super.start(listener, headers);
            }
        };
    }

    /**
     * A call to a peer does not end with the call, of a client or another peer, on whose thread it
     * happens to be made.
     */
    private static <Q, A> ClientCall<Q, A> detached(
            Channel current, MethodDescriptor<Q, A> method, CallOptions options) {
        Context caller = Context.ROOT.attach();
        try {
            return current.newCall(method, options);
        } finally {
            Context.ROOT.detach(caller);
        }
    }

    @Override
    public String authority() {
        return "node-" + link.nodeId();
    }

    /** A call that has failed before it began. */
    private static final class FailedCall<Q, A> extends ClientCall<Q, A> {

        private final Executor executor;
        private final Status status;

        FailedCall(Executor executor, Status status) {
            this.executor = executor;
            this.status = status;
        }

        @Override
        public void start(Listener<A> listener, Metadata headers) {
            executor.execute(() -> listener.onClose(status, new Metadata()));
        }

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(String message, Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {}
    }
}
