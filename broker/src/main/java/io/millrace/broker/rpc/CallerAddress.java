package io.millrace.broker.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Lets handlers know where a call comes from. Thread-safe. */
public final class CallerAddress implements ServerInterceptor {

    private static final Context.Key<String> ADDRESS = Context.key("millrace-caller-address");

    /** Where the call of this thread comes from, host:port; empty if it is not known. */
    static String present() {
        String address = ADDRESS.get();
        return address == null ? "" : address;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return Contexts.interceptCall(
                Context.current().withValue(ADDRESS, text(remote)), call, headers, next);
    }

    private static String text(SocketAddress remote) {
        if (remote instanceof InetSocketAddress inet) {
            return inet.getAddress() == null
                    ? inet.getHostString() + ":" + inet.getPort()
                    : inet.getAddress().getHostAddress() + ":" + inet.getPort();
        }
        return remote == null ? "" : remote.toString();
    }
}
