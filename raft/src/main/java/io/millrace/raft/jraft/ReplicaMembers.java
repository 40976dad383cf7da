package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.Members;
import io.millrace.raft.ShardMembers;
import io.millrace.raft.ShardStatus.Follower;
import io.millrace.raft.ShardUnavailableException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Changes the members and the leader of a shard through jraft. */
final class ReplicaMembers implements ShardMembers {

    /** Entries that a successor may lack: as many as jraft lets a new voter lack. */
    private static final long MAX_LAG = 1_000;

    private final int shard;
    private final ReplicaNode node;
    private final VoteFile vote;
    private final FollowerProgress progress;
    private final LongSupplier lastIndex;
    private final Duration timeout;
    private final long electionTimeoutMs;
    private final Runnable moveOn;

    /** How many changes are under way: more than one only while the others are being refused. */
    private final AtomicInteger changes = new AtomicInteger();

    /**
     * @param lastIndex the last Raft index in the replica's log
     * @param moveOn proposes an entry of the shard's own
     */
    ReplicaMembers(
            int shard,
            ReplicaNode node,
            VoteFile vote,
            FollowerProgress progress,
            LongSupplier lastIndex,
            Runnable moveOn,
            RaftEngineOptions options) {
        this.shard = shard;
        this.node = node;
        this.vote = vote;
        this.progress = progress;
        this.lastIndex = lastIndex;
        this.moveOn = moveOn;
        this.timeout = options.changeTimeout();
        this.electionTimeoutMs = options.electionTimeout().toMillis();
    }

    @Override
    public CompletableFuture<Void> changeMembers(Members target, long expectedTerm) {
        if (target.voters().isEmpty()) {
            throw new IllegalArgumentException("a shard needs a voter, got " + target);
        }
        CompletableFuture<Void> change = new CompletableFuture<>();
        changes.incrementAndGet();
        CompletableFuture<Void> bounded = bounded(change);
        bounded.whenComplete((none, error) -> changes.decrementAndGet());
        step(target, expectedTerm, change);
        return bounded;
    }

    /**
     * Keeps a change going, to be called now and then: jraft sees only when an entry is
     * acknowledged that a new voter has caught up, and in an idle shard there would be none.
     */
    void nudge() {
        if (changes.get() > 0) {
            moveOn.run();
        }
    }

    private void step(Members target, long expectedTerm, CompletableFuture<Void> change) {
        guarded(
                change,
                () -> {
                    requireLeading(expectedTerm);
                    Optional<Configuration> next = MembersSteps.next(node.getCurrentConf(), target);
                    if (next.isEmpty()) {
                        change.complete(null);
                        return;
                    }
                    boolean last = MembersSteps.next(next.get(), target).isEmpty();
                    node.changePeers(
                            next.get(),
                            status -> {
                                if (!status.isOk()) {
                                    change.completeExceptionally(unavailable(status));
                                } else if (last) {
                                    change.complete(null);
                                } else {
                                    step(target, expectedTerm, change);
                                }
                            });
                });
    }

    /**
     * jraft says OK as soon as it has begun: the leader takes nothing more, sends the other what it
     * lacks, and asks it to become leader.
     */
    @Override
    public CompletableFuture<Void> transferLeadership(int nodeId) {
        CompletableFuture<Void> transfer = new CompletableFuture<>();
        guarded(
                transfer,
                () -> {
                    requireLeading(vote.getTerm());
                    if (nodeId != ReplicaAddress.node(node.getServerId())) {
                        Status status = node.transferLeadershipTo(successor(nodeId));
                        if (!status.isOk()) {
                            throw unavailable(status);
                        }
                    }
                    transfer.complete(null);
                });
        return transfer;
    }

    /**
     * The voter that is closest, on a node or anywhere. jraft would also take one that is dead: it
     * believes of a voter that never answered that it has everything.
     */
    private PeerId successor(int nodeId) {
        String where = nodeId == 0 ? "no other node" : "no voter on node " + nodeId;
        long term = vote.getTerm();
        long last = lastIndex.getAsLong();
        return node.getCurrentConf().getPeers().stream()
                .filter(peer -> !peer.equals(node.getServerId()))
                .filter(peer -> nodeId == 0 || ReplicaAddress.node(peer) == nodeId)
                .map(peer -> progress.of(ReplicaAddress.member(peer), term))
                .filter(follower -> follower.silentMs() <= electionTimeoutMs)
                .filter(follower -> last - follower.matchIndex() <= MAX_LAG)
                .max(Comparator.comparingLong(Follower::matchIndex))
                .map(follower -> ReplicaAddress.peer(follower.member()))
                .orElseThrow(() -> unavailable(where + " is close enough to take over now"));
    }

    /** What jraft or we throw becomes the result. */
    private void guarded(CompletableFuture<Void> result, Runnable action) {
        try {
            node.exclusively(action);
        } catch (ShardUnavailableException e) {
            result.completeExceptionally(e);
        } catch (RuntimeException e) {
            result.completeExceptionally(unavailable(e.toString()));
        }
    }

    /** The vote file's term is jraft's, under the node's lock. */
    private void requireLeading(long term) {
        if (node.getNodeState() != State.STATE_LEADER) {
            throw unavailable("this replica does not lead");
        }
        if (vote.getTerm() != term) {
            throw unavailable("this replica leads in term " + vote.getTerm() + ", not " + term);
        }
    }

    private CompletableFuture<Void> bounded(CompletableFuture<Void> change) {
        CompletableFuture<Void> bounded = change.copy();
        bounded.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        CompletableFuture<Void> result = new CompletableFuture<>();
        bounded.whenComplete(
                (none, error) -> {
                    if (error == null) {
                        result.complete(null);
                    } else if (error instanceof TimeoutException) {
                        result.completeExceptionally(
                                unavailable(
                                        "its members did not change within "
                                                + timeout
                                                + "; they may yet"));
                    } else {
                        Throwable cause = error.getCause() == null ? error : error.getCause();
                        result.completeExceptionally(cause);
                    }
                });
        return result;
    }

    private ShardUnavailableException unavailable(Status status) {
        return unavailable(String.valueOf(status.getErrorMsg()));
    }

    private ShardUnavailableException unavailable(String reason) {
        return new ShardUnavailableException("shard " + shard + ": " + reason);
    }
}
