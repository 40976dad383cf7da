package io.millrace.raft.transport;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Connections to addresses of which it is not known yet who is there. Thread-safe. */
final class AnonymousChannels {

    private static final int MAX = 64;

    private final LinkContext context;
    private final Map<String, ManagedChannel> channels = new LinkedHashMap<>();
    private boolean closed;

    AnonymousChannels(LinkContext context) {
        this.context = context;
    }

    synchronized Channel channel(String address) {
        if (closed) {
            throw new IllegalStateException("the peer network is closed");
        }
        ManagedChannel known = channels.remove(address);
        ManagedChannel channel = known != null ? known : context.openIdle(address);
        channels.put(address, channel);
        if (channels.size() > MAX) {
            String oldest = channels.keySet().iterator().next();
            channels.remove(oldest).shutdown();
        }
        return channel;
    }

    synchronized void close() {
        closed = true;
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
    }
}
