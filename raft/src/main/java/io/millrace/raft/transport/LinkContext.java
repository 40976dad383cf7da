package io.millrace.raft.transport;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * What all connections of a broker share.
 *
 * @param running by which silence is measured
 * @param onLoss hears of every control lane that was up and broke
 * @param onAbsence hears of every node that has just shown that it may be gone
 */
record LinkContext(
        PeerOptions options,
        PeerAddresses addresses,
        Handshake handshake,
        PeerListener listener,
        LaneThreads threads,
        LogLimit limit,
        LongSupplier nanoTime,
        TickedClock running,
        OnLoss onLoss,
        IntConsumer onAbsence) {

    private static final int FLOW_CONTROL_WINDOW = 4 << 20;
    private static final int IDLE_S = 30;
    private static final int MAX_METADATA_BYTES = 8 << 10;

    /** Hears of lost peers. */
    interface OnLoss {
        void lost(int nodeId, String reason);
    }

    /**
     * A connection to be, with the threads of its lane.
     *
     * @throws IllegalArgumentException if it is no address
     */
    ManagedChannel open(String address, Lane lane) {
        return channel(address, lane).directExecutor().build();
    }

    /** The same for calls of the broker's own; lets go of the socket when it is not used. */
    ManagedChannel openIdle(String address) {
        return channel(address, Lane.CONTROL)
                .executor(threads.calls)
                .idleTimeout(IDLE_S, TimeUnit.SECONDS)
                .build();
    }

    private NettyChannelBuilder channel(String address, Lane lane) {
        int connectMillis = (int) options.silence().toMillis();
        return NettyChannelBuilder.forTarget("dns:///" + address, PeerCredentials.client())
                .channelType(PeerSockets.client())
                .eventLoopGroup(threads.clientLoop(lane))
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
                .disableRetry()
                .proxyDetector(target -> null)
                .maxInboundMessageSize(options.maxMessageBytes())
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .flowControlWindow(FLOW_CONTROL_WINDOW);
    }

    /** Runs something at once, on the thread that looks after the connections. */
    void soon(Runnable action) {
        try {
            threads.timer.execute(action);
        } catch (RejectedExecutionException e) {
            // The network is being closed: nothing is to be connected any more.
        }
    }

    /** Runs something when heartbeats have waited long enough. */
    void later(Runnable action) {
        try {
            threads.timer.schedule(action, options.gather().toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The network is being closed, and its connections with it.
            action.run();
        }
    }
}
