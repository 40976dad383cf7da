package io.millrace.raft.transport;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The gRPC server on the peer port. */
final class PeerServer {

    private static final int FLOW_CONTROL_WINDOW = 4 << 20;
    private static final int MAX_METADATA_BYTES = 8 << 10;
    private static final int CALLS_PER_CONNECTION = 1_000;
    private static final int MAX_RST_FRAMES = 200;
    private static final int RST_WINDOW_S = 10;
    private static final int KEEPALIVE_S = 20;
    private static final int STOP_MS = 2_000;

    private final Server server;

    private PeerServer(Server server) {
        this.server = server;
    }

    /**
     * @throws IOException if the address cannot be had; the message names it and the way out
     */
    static PeerServer start(
            PeerOptions options,
            LaneThreads threads,
            ServerInterceptor door,
            List<BindableService> services)
            throws IOException {
        InetSocketAddress address = new InetSocketAddress(options.host(), options.port());
        if (address.isUnresolved()) {
            throw new IOException(
                    "cannot listen for brokers on %s:%d: the host name is unknown; give an address of this machine"
                            .formatted(options.host(), options.port()));
        }
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(address, PeerCredentials.server())
                        .channelType(PeerSockets.server())
                        .bossEventLoopGroup(threads.acceptLoop)
                        .workerEventLoopGroup(threads.serverLoops)
                        .directExecutor()
                        .intercept(door)
                        .maxInboundMessageSize(options.maxMessageBytes())
                        .maxInboundMetadataSize(MAX_METADATA_BYTES)
                        .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                        .maxRstFramesPerWindow(MAX_RST_FRAMES, RST_WINDOW_S)
                        .handshakeTimeout(KEEPALIVE_S, TimeUnit.SECONDS)
                        .keepAliveTime(KEEPALIVE_S, TimeUnit.SECONDS)
                        .keepAliveTimeout(KEEPALIVE_S, TimeUnit.SECONDS)
                        .flowControlWindow(FLOW_CONTROL_WINDOW);
        // The lanes never block, and do not wait for calls that may.
        builder.callExecutor(threads.serverExecutors());
        services.forEach(builder::addService);
        try {
            return new PeerServer(builder.build().start());
        } catch (IOException e) {
            String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw new IOException(
                    "cannot listen for brokers on %s:%d: %s; stop who has the port, or choose another with --port"
                            .formatted(options.host(), options.port(), cause),
                    e);
        }
    }

    int port() {
        return server.getPort();
    }

    void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(STOP_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
