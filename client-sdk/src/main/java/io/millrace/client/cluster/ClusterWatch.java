package io.millrace.client.cluster;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.millrace.client.choice.Balancer;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.ClusterMap;
import io.millrace.v1.ClusterServiceGrpc;
import io.millrace.v1.WatchClusterRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
    private static final long REFRESH_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** What the watch needs of the client around it. */
    interface Host {
        /** Addresses to ask, one or more. */
        List<String> addresses();

        /** The cluster's id once known, else empty. */
        String clusterId();

        /** The connection to an address. */
        ManagedChannel channel(String address);
    }

    private final Host host;
    private final ClusterOptions options;
    private final ScheduledExecutorService timer;
    private final Balancer balancer;
    private final LongSupplier nanoTime;
    private final Consumer<ClusterMap> onMap;
    private final Consumer<MillraceException> onProblem;
    private final Backoff backoff;

    private boolean started;
    private boolean closed;
    private Stream current;
    private Stream next;
    private long lastRefreshNanos;

    ClusterWatch(
            Host host,
            ClusterOptions options,
            ScheduledExecutorService timer,
            Balancer balancer,
            LongSupplier nanoTime,
            RandomGenerator random,
            Consumer<ClusterMap> onMap,
            Consumer<MillraceException> onProblem) {
        this.host = host;
        this.options = options;
        this.timer = timer;
        this.balancer = balancer;
        this.nanoTime = nanoTime;
        this.onMap = onMap;
        this.onProblem = onProblem;
        this.backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, random);
    }

    /** Begins to watch, the first time it is called. */
    synchronized void start() {
        if (!started) {
            started = true;
            lastRefreshNanos = nanoTime.getAsLong() - REFRESH_INTERVAL_NANOS;
            connect();
        }
    }

    /**
     * Asks another broker for the map, at most four times a second: someone has met a wrong leader.
     * The present stream stays until the other one has brought a map.
     */
    synchronized void refresh() {
        long now = nanoTime.getAsLong();
        if (!closed
                && next == null
                && current != null
                && current.gotMap
                && now - lastRefreshNanos >= REFRESH_INTERVAL_NANOS) {
            lastRefreshNanos = now;
            List<String> others = new ArrayList<>(host.addresses());
            if (others.size() > 1) {
                others.remove(current.address);
            }
            next = new Stream(balancer.choose(others));
            next.open();
        }
    }

    synchronized void close() {
        closed = true;
        cancel(current, "the client is closed");
        cancel(next, "the client is closed");
        current = null;
        next = null;
    }

    private synchronized void connect() {
        if (!closed) {
            current = new Stream(balancer.choose(host.addresses()));
            current.open();
        }
    }

    private synchronized void ended(Stream stream, MillraceException problem) {
        stream.stopWaiting();
        stream.call.failed();
        if (closed || stream != current && stream != next) {
            return;
        }
        if (stream.gotMap) {
            log.info("cluster watch at {} ended: {}", stream.address, problem.getMessage());
        } else {
            log.debug("cluster watch at {} failed: {}", stream.address, problem.getMessage());
        }
        if (stream == next) {
            next = null;
        } else if (next != null) {
            current = next;
            next = null;
        } else {
            current = null;
            onProblem.accept(problem);
            timer.schedule(this::connect, backoff.next(), TimeUnit.NANOSECONDS);
        }
    }

    private synchronized void received(Stream stream, ClusterMap map) {
        if (stream == next) {
            Stream old = current;
            current = next;
            next = null;
            cancel(old, "another broker is asked for the map");
        }
        if (stream != current) {
            return;
        }
        stream.gotMap = true;
        stream.call.answered();
        backoff.reset();
        stream.expectWithin((long) Math.max(1, map.getHeartbeatIntervalMs()) * MISSED_HEARTBEATS);
        onMap.accept(map);
    }

    private static void cancel(Stream stream, String why) {
        if (stream != null) {
            stream.call.ended();
            stream.cancel(why);
        }
    }

    private final class Stream implements ClientResponseObserver<WatchClusterRequest, ClusterMap> {
        private final String address;
        private final Balancer.Call call;
        private ClientCallStreamObserver<WatchClusterRequest> requests;
        private ScheduledFuture<?> watchdog;
        private boolean gotMap;

        Stream(String address) {
            this.address = address;
            this.call = balancer.begin(address);
        }

        void open() {
            ManagedChannel channel = host.channel(address);
            // The waits between attempts are ours; gRPC's own may be as long as two minutes.
            channel.resetConnectBackoff();
            ClusterServiceGrpc.newStub(channel)
                    .watchCluster(
                            WatchClusterRequest.newBuilder()
                                    .setProtocolVersion(PROTOCOL_VERSION)
                                    .setClientName(options.clientName())
                                    .setClusterId(host.clusterId())
                                    .build(),
                            this);
            // After that: a call that is cancelled while it is begun throws.
            expectWithin(options.connectTimeout().toMillis());
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchClusterRequest> stream) {
            requests = stream;
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
            if (requests != null) {
                requests.cancel(why, null);
            }
        }
    }
}
