package io.millrace.broker.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.cluster.ClusterChanges;
import io.millrace.broker.cluster.Handshake;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.ChangeClusterResponse;
import io.millrace.v1.ClusterMap;
import io.millrace.v1.ClusterServiceGrpc.ClusterServiceImplBase;
import io.millrace.v1.ClusterStatus;
import io.millrace.v1.GetClusterStatusRequest;
import io.millrace.v1.SetClusterConfigRequest;
import io.millrace.v1.SetClusterConfigResponse;
import io.millrace.v1.WatchClusterRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The cluster service over gRPC. Thread-safe.
 *
 * <p>Changes only mark the watchers and ask for {@link #send}, so that a burst of changes makes one
 * map and a slow watcher gets the newest map and never a queue of old ones.
 */
public final class ClusterRpc extends ClusterServiceImplBase {

    private final Handshake handshake;
    private final Supplier<ClusterMap> map;
    private final Supplier<CompletableFuture<ClusterStatus>> status;
    private final ClusterChanges changes;
    private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
    private final Runnable sendSoon;

    /**
     * @param gathered makes of {@link #send} what asks for it: it may be called often, and must not
     *     block
     */
    public ClusterRpc(
            Handshake handshake,
            Supplier<ClusterMap> map,
            Supplier<CompletableFuture<ClusterStatus>> status,
            ClusterChanges changes,
            UnaryOperator<Runnable> gathered) {
        this.handshake = handshake;
        this.map = map;
        this.status = status;
        this.changes = changes;
        this.sendSoon = gathered.apply(this::send);
    }

    /** How many streams are open. */
    public int openStreams() {
        return watchers.size();
    }

    /** The map has changed. */
    public void changed() {
        watchers.forEach(watcher -> watcher.due = true);
        if (!watchers.isEmpty()) {
            sendSoon.run();
        }
    }

    /** Sends the map to whoever is due and can take it. */
    void send() {
        // Taken off the list before the map is drawn: a change after that makes them due again.
        List<Watcher> ready = watchers.stream().filter(Watcher::takeIfReady).toList();
        if (!ready.isEmpty()) {
            ClusterMap current = map.get();
            ready.forEach(watcher -> watcher.send(current));
        }
    }

    /** Marks all watchers due, as a sign of life; to be called every heartbeat interval. */
    public void heartbeat() {
        changed();
    }

    /** Ends all watches with a reason. */
    public void endAll(MillraceException reason) {
        watchers.forEach(watcher -> watcher.end(reason));
        watchers.clear();
    }

    @Override
    public void watchCluster(WatchClusterRequest request, StreamObserver<ClusterMap> responses) {
        ServerCallStreamObserver<ClusterMap> call =
                (ServerCallStreamObserver<ClusterMap>) responses;
        try {
            handshake.check(
                    request.getProtocolVersion(), request.getClusterId(), request.getClientName());
        } catch (MillraceException e) {
            call.onError(WireError.toStatus(e));
            return;
        }
        Watcher watcher = new Watcher(call);
        call.setOnReadyHandler(
                () -> {
                    if (watcher.due) {
                        sendSoon.run();
                    }
                });
        call.setOnCancelHandler(() -> watchers.remove(watcher));
        call.setOnCloseHandler(() -> watchers.remove(watcher));
        watchers.add(watcher);
        // The first map goes out before the call is ready to say so; gRPC queues that one.
        watcher.send(map.get());
    }

    @Override
    public void getClusterStatus(
            GetClusterStatusRequest request, StreamObserver<ClusterStatus> responses) {
        UnaryAnswer.later(responses, status);
    }

    @Override
    public void changeCluster(
            ChangeClusterRequest request, StreamObserver<ChangeClusterResponse> responses) {
        UnaryAnswer.later(responses, () -> changes.change(request));
    }

    @Override
    public void setClusterConfig(
            SetClusterConfigRequest request, StreamObserver<SetClusterConfigResponse> responses) {
        UnaryAnswer.later(responses, () -> changes.set(request));
    }

    private static final class Watcher {

        private final ServerCallStreamObserver<ClusterMap> call;
        private volatile boolean due;
        private long sentVersion;
        private boolean ended;

        Watcher(ServerCallStreamObserver<ClusterMap> call) {
            this.call = call;
        }

        /** Whether it is to be sent a map now; it is not due any more then. */
        boolean takeIfReady() {
            boolean taken = due && call.isReady();
            if (taken) {
                due = false;
            }
            return taken;
        }

        /** Sends a map, unless it is older than one that was sent: two threads send the first. */
        synchronized void send(ClusterMap current) {
            if (!ended && !call.isCancelled() && current.getVersion() >= sentVersion) {
                sentVersion = current.getVersion();
                call.onNext(current);
            }
        }

        synchronized void end(MillraceException reason) {
            if (!ended && !call.isCancelled()) {
                ended = true;
                call.onError(WireError.toStatus(reason));
            }
        }
    }
}
