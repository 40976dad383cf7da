package io.millrace.client.cluster;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One connection for each broker address, kept until the client is closed. Thread-safe.
 *
 * <p>Callbacks run on the network threads: they may only store and signal.
 */
final class Channels implements AutoCloseable {
    /** The largest record batch (8 MiB) and the cluster map of a large cluster fit in. */
    private static final int MAX_INBOUND_BYTES = 32 << 20;

    /** A host that is gone does not refuse: without a bound its connection takes 20 s to fail. */
    private static final int CONNECT_MS = 2_000;

    private static final int KEEPALIVE_SECONDS = 10;
    private static final int KEEPALIVE_TIMEOUT_SECONDS = 5;
    private static final int CLOSE_SECONDS = 5;

    private final ConcurrentHashMap<String, ManagedChannel> byAddress = new ConcurrentHashMap<>();
    private boolean closed;

    /** The connection to an address; opened when it is used. */
    ManagedChannel channel(String address) {
        ManagedChannel channel = byAddress.get(address);
        return channel != null ? channel : open(address);
    }

    private synchronized ManagedChannel open(String address) {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        return byAddress.computeIfAbsent(
                address,
                target ->
                        NettyChannelBuilder.forTarget("dns:///" + target)
                                .usePlaintext()
                                .directExecutor()
                                // Who repeats what, and when, is decided here, not by gRPC.
                                .disableRetry()
                                .maxInboundMessageSize(MAX_INBOUND_BYTES)
                                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MS)
                                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                                .build());
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        byAddress.values().forEach(ManagedChannel::shutdownNow);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        for (ManagedChannel channel : byAddress.values()) {
            try {
                channel.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
