package io.millrace.raft.transport;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which run of every node is connected. There is one at a time: a second directory with the same
 * node id, or a copy of a directory, is refused while the first is there. A later run over the same
 * directory takes over, and so does the directory that the cluster knows. Thread-safe.
 */
final class ConnectedPeers {

    private final Map<Integer, Run> runs = new HashMap<>();
    private final Predicate<PeerIdentity> registered;

    /**
     * @param registered whether the cluster knows a directory as that of its node
     */
    ConnectedPeers(Predicate<PeerIdentity> registered) {
        this.registered = registered;
    }

    /** A stream that can be cut. */
    interface Stream {
        void cut(String reason);
    }

    private static final class Run {
        final PeerIdentity peer;
        final Set<Stream> streams = new HashSet<>();

        Run(PeerIdentity peer) {
            this.peer = peer;
        }
    }

    /** Why a call of this peer is refused; empty if nothing speaks against it. */
    synchronized Optional<String> refusal(PeerIdentity peer) {
        Run run = runs.get(peer.nodeId());
        if (run == null || run.peer.isSameRun(peer) || peer.isLaterRunThan(run.peer)) {
            return Optional.empty();
        }
        if (!run.peer.directoryId().equals(peer.directoryId())) {
            if (registered.test(peer)) {
                return Optional.empty();
            }
            return Optional.of(
                    "node id %d is in use by the broker with the data directory %s; this one has %s: give every broker a node id of its own"
                            .formatted(peer.nodeId(), run.peer.directoryId(), peer.directoryId()));
        }
        return Optional.of(
                run.peer.startCounter() > peer.startCounter()
                        ? "data directory %s was started %d times, this copy of it %d times: it is an old copy"
                                .formatted(
                                        peer.directoryId(),
                                        run.peer.startCounter(),
                                        peer.startCounter())
                        : "data directory %s runs twice: one of the two is a copy"
                                .formatted(peer.directoryId()));
    }

    /**
     * Takes in a stream whose peer was not refused; earlier runs of the node are cut off.
     *
     * @return false if another was faster
     */
    boolean enter(PeerIdentity peer, Stream stream) {
        Set<Stream> old = Set.of();
        synchronized (this) {
            if (refusal(peer).isPresent()) {
                return false;
            }
            Run run = runs.get(peer.nodeId());
            if (run == null || !run.peer.isSameRun(peer)) {
                old = run == null ? old : run.streams;
                run = new Run(peer);
                runs.put(peer.nodeId(), run);
            }
            run.streams.add(stream);
        }
        old.forEach(each -> each.cut("another run of the node has taken over"));
        return true;
    }

    synchronized void leave(PeerIdentity peer, Stream stream) {
        Run run = runs.get(peer.nodeId());
        if (run != null && run.streams.remove(stream) && run.streams.isEmpty()) {
            runs.remove(peer.nodeId(), run);
        }
    }

    /** Whether anything comes from a node. */
    synchronized boolean isConnected(int nodeId) {
        return runs.containsKey(nodeId);
    }

    synchronized Set<Stream> streams() {
        Set<Stream> all = new HashSet<>();
        runs.values().forEach(run -> all.addAll(run.streams));
        return all;
    }
}
