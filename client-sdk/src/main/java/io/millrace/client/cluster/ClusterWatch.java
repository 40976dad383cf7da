package io.millrace.client.cluster;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.ClusterMap;
import io.millrace.v1.ClusterServiceGrpc;
import io.millrace.v1.WatchClusterRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one WatchCluster stream open, at one broker after another. A stream that is silent for
 * three heartbeats is given up: a half-open connection does not say that it is dead. Thread-safe.
 */
final class ClusterWatch {
    private static final Logger log = LoggerFactory.getLogger(ClusterWatch.class);
    private static final int PROTOCOL_VERSION = 1;
    private static final int MISSED_HEARTBEATS = 3;
    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final long REFRESH_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What the watch needs of the client around it. */
    interface Host {
        /** Addresses to ask, in the order of preference. */
        List<String> addresses();

        /** The cluster's id once known, else empty. */
        String clusterId();

        /** The connection to an address. */
        ManagedChannel channel(String address);
    }

    private final Host host;
    private final ClusterOptions options;
    private final ScheduledExecutorService timer;
    private final Consumer<ClusterMap> onMap;
    private final Consumer<MillraceException> onProblem;
    private final Backoff backoff;

    private boolean started;
    private boolean closed;
    private int attempt;
    private Stream current;
    private long lastRefreshNanos;

    ClusterWatch(
            Host host,
            ClusterOptions options,
            ScheduledExecutorService timer,
            RandomGenerator random,
            Consumer<ClusterMap> onMap,
            Consumer<MillraceException> onProblem) {
        this.host = host;
        this.options = options;
        this.timer = timer;
        this.onMap = onMap;
        this.onProblem = onProblem;
        this.backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, random);
    }

    /** Begins to watch, the first time it is called. */
    synchronized void start() {
        if (!started) {
            started = true;
            lastRefreshNanos = System.nanoTime() - REFRESH_INTERVAL_NANOS;
            connect();
        }
    }

    /** Asks another broker for the map, at most once a second: someone has met a wrong leader. */
    synchronized void refresh() {
        long now = System.nanoTime();
        if (current != null && current.gotMap && now - lastRefreshNanos >= REFRESH_INTERVAL_NANOS) {
            lastRefreshNanos = now;
            Stream old = current;
            connect();
            old.cancel("another broker is asked for the map");
        }
    }

    synchronized void close() {
        closed = true;
        if (current != null) {
            current.cancel("the client is closed");
            current = null;
        }
    }

    private synchronized void connect() {
        if (closed) {
            return;
        }
        List<String> addresses = host.addresses();
        String address = addresses.get(Math.floorMod(attempt++, addresses.size()));
        Stream stream = new Stream(address);
        current = stream;
        ManagedChannel channel = host.channel(address);
        // The waits between attempts are ours; gRPC's own may be as long as two minutes.
        channel.resetConnectBackoff();
        stream.expectWithin(options.connectTimeout().toMillis());
        ClusterServiceGrpc.newStub(channel)
                .watchCluster(
                        WatchClusterRequest.newBuilder()
                                .setProtocolVersion(PROTOCOL_VERSION)
                                .setClientName(options.clientName())
                                .setClusterId(host.clusterId())
                                .build(),
                        stream);
    }

    private synchronized void ended(Stream stream, MillraceException problem) {
        stream.stopWaiting();
        if (stream != current || closed) {
            return;
        }
        current = null;
        long waitNanos = backoff.next();
        if (stream.gotMap) {
            log.info("cluster watch at {} ended: {}", stream.address, problem.getMessage());
        } else {
            log.debug("cluster watch at {} failed: {}", stream.address, problem.getMessage());
        }
        onProblem.accept(problem);
        timer.schedule(this::connect, waitNanos, TimeUnit.NANOSECONDS);
    }

    private synchronized void received(Stream stream, ClusterMap map) {
        if (stream != current) {
            return;
        }
        stream.gotMap = true;
        backoff.reset();
        stream.expectWithin((long) Math.max(1, map.getHeartbeatIntervalMs()) * MISSED_HEARTBEATS);
        onMap.accept(map);
    }

    private final class Stream implements ClientResponseObserver<WatchClusterRequest, ClusterMap> {
        private final String address;
        private ClientCallStreamObserver<WatchClusterRequest> call;
        private ScheduledFuture<?> watchdog;
        private boolean gotMap;

        Stream(String address) {
            this.address = address;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchClusterRequest> stream) {
            call = stream;
        }

        @Override
        public void onNext(ClusterMap map) {
            received(this, map);
        }

        @Override
        public void onError(Throwable failure) {
            ended(this, WireError.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ended(this, Cluster.closedByBroker(address));
        }

        private void expectWithin(long milliseconds) {
            stopWaiting();
            watchdog =
                    timer.schedule(
                            () -> cancel("silent for " + milliseconds + " ms"),
                            milliseconds,
                            TimeUnit.MILLISECONDS);
        }

        private void stopWaiting() {
            if (watchdog != null) {
                watchdog.cancel(false);
            }
        }

        private void cancel(String why) {
            stopWaiting();
            if (call != null) {
                call.cancel(why, null);
            }
        }
    }
}
