package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.Members;
import io.millrace.raft.ShardMembers;
import io.millrace.raft.ShardUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Changes the members and the leader of a shard through jraft. */
final class ReplicaMembers implements ShardMembers {

    private final int shard;
    private final ReplicaNode node;
    private final VoteFile vote;
    private final Duration timeout;

    /**
     * @param timeout how long a change may take
     */
    ReplicaMembers(int shard, ReplicaNode node, VoteFile vote, Duration timeout) {
        this.shard = shard;
        this.node = node;
        this.vote = vote;
        this.timeout = timeout;
    }

    @Override
    public CompletableFuture<Void> changeMembers(Members target, long expectedTerm) {
        if (target.voters().isEmpty()) {
            throw new IllegalArgumentException("a shard needs a voter, got " + target);
        }
        CompletableFuture<Void> change = new CompletableFuture<>();
        step(target, expectedTerm, change);
        return bounded(change);
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

    @Override
    public CompletableFuture<Void> transferLeadership(int nodeId) {
        CompletableFuture<Void> transfer = new CompletableFuture<>();
        guarded(
                transfer,
                () -> {
                    requireLeading(vote.getTerm());
                    PeerId to = nodeId == 0 ? PeerId.ANY_PEER : voterOn(nodeId);
                    Status status = node.transferLeadershipTo(to);
                    if (status.isOk()) {
                        transfer.complete(null);
                    } else {
                        transfer.completeExceptionally(unavailable(status));
                    }
                });
        return transfer;
    }

    private PeerId voterOn(int nodeId) {
        return node.getCurrentConf().getPeers().stream()
                .filter(peer -> ReplicaAddress.node(peer) == nodeId)
                .findFirst()
                .orElseThrow(() -> unavailable("node " + nodeId + " has no voter of it"));
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
