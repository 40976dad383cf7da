package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotResponse;
import io.millrace.raft.Member;
import io.millrace.raft.ShardStatus.Follower;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How far the other members are, by their answers to this replica while it leads. Thread-safe;
 * never waits for jraft, whose own books are locked while it reads the log.
 */
final class FollowerProgress {

    private final LongSupplier nanoTime;
    private final Map<String, Seen> peers = new ConcurrentHashMap<>();

    FollowerProgress(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * What a member has said.
     *
     * @param term the term in which it was asked
     * @param matchIndex what its log is known to hold; 0 if unknown
     * @param answered whether it ever answered in that term
     * @param answeredNanos when it did so last
     * @param installing whether it is being sent a checkpoint
     */
    private record Seen(
            long term, long matchIndex, boolean answered, long answeredNanos, boolean installing) {

        private static final Seen NOTHING = new Seen(0, 0, false, 0, false);

        Seen in(long newTerm) {
            return newTerm > term ? new Seen(newTerm, 0, false, 0, false) : this;
        }

        Seen answer(long index, long nanos) {
            return new Seen(term, Math.max(matchIndex, index), true, nanos, installing);
        }

        Seen installing(boolean now) {
            return new Seen(term, matchIndex, answered, answeredNanos, now);
        }
    }

    /** Listens for the answer to a request. */
    InvokeCallback watch(Object request, InvokeCallback callback) {
        if (request instanceof AppendEntriesRequest) {
            return watchAppend((AppendEntriesRequest) request, callback);
        }
        if (request instanceof InstallSnapshotRequest) {
            return watchInstall((InstallSnapshotRequest) request, callback);
        }
        return callback;
    }

    /** Keeps nothing of the request: its bytes are used again while the answer is awaited. */
    private InvokeCallback watchAppend(AppendEntriesRequest request, InvokeCallback callback) {
        String peer = request.getPeerId();
        long term = request.getTerm();
        long last = request.getPrevLogIndex() + request.getEntriesCount();
        return listening(
                callback,
                result -> {
                    if (result instanceof AppendEntriesResponse) {
                        boolean holds = ((AppendEntriesResponse) result).getSuccess();
                        answered(peer, term, holds ? last : 0);
                    }
                });
    }

    private InvokeCallback watchInstall(InstallSnapshotRequest request, InvokeCallback callback) {
        String peer = request.getPeerId();
        long term = request.getTerm();
        long last = request.getMeta().getLastIncludedIndex();
        peers.compute(peer, (name, seen) -> orNothing(seen).in(term).installing(true));
        return listening(
                callback,
                result -> {
                    peers.computeIfPresent(
                            peer,
                            (name, seen) -> seen.term == term ? seen.installing(false) : seen);
                    if (result instanceof InstallSnapshotResponse) {
                        boolean holds = ((InstallSnapshotResponse) result).getSuccess();
                        answered(peer, term, holds ? last : 0);
                    }
                });
    }

    private void answered(String peer, long term, long index) {
        long now = nanoTime.getAsLong();
        peers.compute(
                peer,
                (name, seen) -> {
                    Seen known = orNothing(seen).in(term);
                    return known.term == term ? known.answer(index, now) : known;
                });
    }

    private static Seen orNothing(Seen seen) {
        return seen == null ? Seen.NOTHING : seen;
    }

    /** How far a member is, as it said in a term. */
    Follower of(Member member, long term) {
        Seen seen = peers.get(ReplicaAddress.peer(member).toString());
        if (seen == null || seen.term != term) {
            return new Follower(member, 0, Long.MAX_VALUE, false);
        }
        long silentMs =
                seen.answered
                        ? TimeUnit.NANOSECONDS.toMillis(
                                Math.max(0, nanoTime.getAsLong() - seen.answeredNanos))
                        : Long.MAX_VALUE;
        return new Follower(member, seen.matchIndex, silentMs, seen.installing);
    }

    /** Hears an answer before jraft does. */
    private interface Listener {

        /**
         * @param result the answer; null if the call failed
         */
        void answer(Object result);
    }

    private static InvokeCallback listening(InvokeCallback callback, Listener listener) {
        return new InvokeCallback() {
            @Override
            public void complete(Object result, Throwable error) {
                listener.answer(error == null ? result : null);
                callback.complete(result, error);
            }

            @Override
            public Executor executor() {
                return callback.executor();
            }
        };
    }
}
