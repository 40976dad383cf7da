package io.millrace.broker.rpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The gRPC server for clients. Thread-safe. */
public final class RpcServer implements AutoCloseable {

    private static final int MAX_METADATA_BYTES = 8 * 1024;
    private static final int MAX_RST_FRAMES = 200;
    private static final int RST_WINDOW_S = 10;
    private static final int KEEPALIVE_S = 20;
    private static final int MIN_CLIENT_KEEPALIVE_S = 5;
    private static final int FLOW_CONTROL_WINDOW = 4 * 1024 * 1024;
    private static final int MESSAGE_OVERHEAD = 64 * 1024;

    private final Server server;
    private final HealthStatusManager health;

    private RpcServer(Server server, HealthStatusManager health) {
        this.server = server;
        this.health = health;
    }

    /**
     * Binds and serves.
     *
     * <p>Handlers run on the network threads: none of them blocks. The health service says
     * NOT_SERVING until {@link #setServing} is called.
     *
     * @param port 0: a free one
     * @param maxBatchBytes the largest batch any topic can take
     * @param maxConnections connections at a time; calls on more are refused
     * @param maxStreamsPerConnection calls and streams at a time on one connection
     * @throws IOException if the address cannot be had; the message names it and the way out
     */
    public static RpcServer start(
            String host,
            int port,
            int maxBatchBytes,
            int maxConnections,
            int maxStreamsPerConnection,
            List<ServerInterceptor> interceptors,
            List<BindableService> services)
            throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException(
                    "cannot listen for clients on %s:%d: the host name is unknown; give an address of this machine"
                            .formatted(host, port));
        }
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(address)
                        .directExecutor()
                        .maxInboundMessageSize(maxBatchBytes + MESSAGE_OVERHEAD)
                        .maxInboundMetadataSize(MAX_METADATA_BYTES)
                        .maxConcurrentCallsPerConnection(maxStreamsPerConnection)
                        .maxRstFramesPerWindow(MAX_RST_FRAMES, RST_WINDOW_S)
                        .handshakeTimeout(KEEPALIVE_S, TimeUnit.SECONDS)
                        .keepAliveTime(KEEPALIVE_S, TimeUnit.SECONDS)
                        .keepAliveTimeout(KEEPALIVE_S, TimeUnit.SECONDS)
                        .permitKeepAliveTime(MIN_CLIENT_KEEPALIVE_S, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .flowControlWindow(FLOW_CONTROL_WINDOW);
        ConnectionLimit connections = new ConnectionLimit(maxConnections);
        List<ServerInterceptor> chain = new ArrayList<>(interceptors);
        chain.add(connections);
        builder.addTransportFilter(connections.filter());
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
        for (BindableService service : services) {
            builder.addService(ServerInterceptors.intercept(service, chain));
        }
        builder.addService(health.getHealthService());
        builder.addService(ProtoReflectionServiceV1.newInstance());
        try {
            return new RpcServer(builder.build().start(), health);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen for clients on %s:%d: %s; stop who has the port, or choose another with --port"
                            .formatted(host, port, causeOf(e)),
                    e);
        }
    }

    private static String causeOf(IOException e) {
        return e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    }

    /** The port that is listened on. */
    public int port() {
        return server.getPort();
    }

    /** What the health service says of the broker, until it takes no calls any more. */
    public void setServing(boolean serving) {
        health.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** Takes no new calls; those under way go on. */
    public void stopAccepting() {
        health.enterTerminalState();
        server.shutdown();
    }

    /**
     * Waits until all calls have ended.
     *
     * @return whether they have
     */
    public boolean awaitCalls(long timeoutMs) throws InterruptedException {
        return server.awaitTermination(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** Cuts off what is left. */
    @Override
    public void close() {
        server.shutdownNow();
    }
}
