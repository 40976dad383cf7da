package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.State;
import io.millrace.raft.ShardStanding;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.ShardStatus.Follower;
import io.millrace.raft.ShardStatus.Role;
import java.util.List;
import java.util.function.LongSupplier;

/** Tells how a replica is, from all who know a part of it. Thread-safe. */
final class ReplicaView {

    private final int shard;
    private final NodeImpl node;
    private final ShardLogStorage log;
    private final VoteFile vote;
    private final CheckpointStore checkpoints;
    private final AppliedEntries applied;
    private final FollowerProgress progress;

    ReplicaView(
            int shard,
            NodeImpl node,
            ReplicaStorages storages,
            CheckpointStore checkpoints,
            AppliedEntries applied,
            FollowerProgress progress) {
        this.shard = shard;
        this.node = node;
        this.log = storages.log();
        this.vote = storages.vote();
        this.checkpoints = checkpoints;
        this.applied = applied;
        this.progress = progress;
    }

    /** Whether something was applied after the newest checkpoint. */
    boolean hasNews() {
        return appliedIndex() > checkpoints.newestIndex();
    }

    /**
     * What the schedule of checkpoints asks.
     *
     * @param withWish whether to ask the state machine too; if not, it wishes nothing
     */
    CheckpointSchedule.Load load(boolean withWish) {
        boolean news = hasNews() && applied.failure().isEmpty();
        return new CheckpointSchedule.Load(
                shard,
                checkpoints.newestIndex(),
                news,
                log.appendedBytes(),
                withWish && applied.wantsCheckpoint());
    }

    /**
     * @param closed whether the broker is stopping
     */
    ShardStanding standing(boolean closed) {
        // First, because it waits for a change that is under way: the role is the one after it.
        int leader = ReplicaAddress.node(node.getLeaderId());
        Role role = closed ? Role.FAILED : role();
        return new ShardStanding(role, vote.getTerm(), leader);
    }

    /**
     * @param closed whether the broker is stopping
     * @param refusal why the shard takes no proposals; empty if it does
     */
    ShardStatus status(boolean closed, String refusal) {
        ShardStanding standing = standing(closed);
        Role role = standing.role();
        int leader = standing.leaderNode();
        Configuration members = log.members().newest();
        long committed = active(node::getLastCommittedIndex);
        Configuration counting = role == Role.LEADER ? log.members().inForce(committed) : members;
        return new ShardStatus(
                shard,
                role,
                standing.term(),
                leader,
                ReplicaAddress.members(counting),
                role == Role.LEADER ? followers(members) : List.of(),
                committed,
                appliedIndex(),
                checkpoints.newestIndex(),
                log.getFirstLogIndex(),
                log.getLastLogIndex(),
                problem(role, leader, closed, refusal));
    }

    private List<Follower> followers(Configuration members) {
        long term = vote.getTerm();
        return ReplicaAddress.members(members).all().stream()
                .filter(member -> !ReplicaAddress.peer(member).equals(node.getServerId()))
                .map(member -> progress.of(member, term))
                .toList();
    }

    long appliedIndex() {
        return active(node::getLastAppliedLogIndex);
    }

    /** A node that has stopped does not tell. */
    private long active(LongSupplier index) {
        try {
            return index.getAsLong();
        } catch (IllegalStateException e) {
            return applied.lastIndex();
        }
    }

    Role role() {
        State state = node.getNodeState();
        if (!state.isActive() || !applied.failure().isEmpty()) {
            return Role.FAILED;
        }
        return switch (state) {
            case STATE_LEADER, STATE_TRANSFERRING -> Role.LEADER;
            case STATE_CANDIDATE -> Role.CANDIDATE;
            default -> Role.FOLLOWER;
        };
    }

    private String problem(Role role, int leader, boolean closed, String refusal) {
        if (!applied.failure().isEmpty()) {
            return applied.failure();
        }
        if (closed) {
            return "the broker is stopping";
        }
        if (role == Role.FAILED) {
            return "the replica has stopped by an error";
        }
        if (!refusal.isEmpty()) {
            return refusal;
        }
        if (leader == 0) {
            return "no leader is known";
        }
        boolean ready = role != Role.LEADER || applied.leadingTerm() > 0;
        return ready ? "" : "the leader has not applied yet what was written before it";
    }
}
