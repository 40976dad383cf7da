package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.ReplicatorType;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.ShardStatus.Follower;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds followers to which jraft has silently stopped to send, because a callback of its was
 * rejected or lost (sofa-jraft issues 1271 and 1274): they are reached, and yet hear nothing, or do
 * not get what they lack. Their replicators are started anew. One thread.
 */
final class ReplicatorWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicatorWatch.class);

    /** Election timeouts without an answer. Heartbeats come five times in each, or more. */
    private static final int SILENT = 5;

    /** Election timeouts in which a follower that answers gets no further, though it lacks some. */
    private static final int STUCK = 15;

    private final int shard;
    private final ReplicaNode node;
    private final ReplicaNodeOptions options;
    private final long electionNanos;
    private final Map<PeerId, Watched> watched = new HashMap<>();

    /** Since when a follower could be reached, and how far it was when that last changed. */
    private static final class Watched {
        long term;
        long upSince;
        long matchIndex;
        long matchSince;
    }

    ReplicatorWatch(int shard, ReplicaNode node, ReplicaNodeOptions options) {
        this.shard = shard;
        this.node = node;
        this.options = options;
        this.electionNanos = options.getElectionTimeoutMs() * 1_000_000L;
    }

    /**
     * Looks at every follower once.
     *
     * @param term this replica's term
     * @param lastIndex the last index in its log
     * @param now by a monotonic clock
     */
    void tick(long term, long lastIndex, long now) {
        if (node.getNodeState() != State.STATE_LEADER) {
            watched.clear();
            return;
        }
        Configuration members = node.getCurrentConf();
        if (members == null) {
            return;
        }
        watched.keySet()
                .removeIf(peer -> !members.contains(peer) && !members.getLearners().contains(peer));
        Stream.concat(members.getPeers().stream(), members.getLearners().stream())
                .filter(peer -> !peer.equals(node.getServerId()))
                .forEach(peer -> look(peer, term, lastIndex, now));
    }

    private void look(PeerId peer, long term, long lastIndex, long now) {
        Follower follower = options.progress().of(ReplicaAddress.member(peer), term);
        Watched before = watched.computeIfAbsent(peer, key -> new Watched());
        boolean up = options.links().isReachable(ReplicaAddress.node(peer));
        if (!up || before.term != term || follower.installing()) {
            before.term = term;
            before.upSince = now;
            before.matchSince = now;
        }
        if (follower.matchIndex() != before.matchIndex || follower.matchIndex() >= lastIndex) {
            before.matchIndex = follower.matchIndex();
            before.matchSince = now;
        }
        long silentNanos = Math.min(follower.silentMs(), Long.MAX_VALUE / 1_000_000) * 1_000_000;
        if (Math.min(silentNanos, now - before.upSince) > SILENT * electionNanos) {
            restart(peer, "it has heard nothing for too long", before, now);
        } else if (now - before.matchSince > STUCK * electionNanos) {
            restart(peer, "it gets no further than entry " + before.matchIndex, before, now);
        }
    }

    private void restart(PeerId peer, String reason, Watched state, long now) {
        ReplicatorGroup replicators = options.replicators();
        boolean[] restarted = new boolean[1];
        node.exclusively(
                () -> {
                    if (node.getNodeState() == State.STATE_LEADER) {
                        boolean learner = node.getCurrentConf().getLearners().contains(peer);
                        replicators.stopReplicator(peer);
                        restarted[0] =
                                replicators.addReplicator(
                                        peer,
                                        learner ? ReplicatorType.Learner : ReplicatorType.Follower);
                    }
                });
        state.upSince = now;
        state.matchSince = now;
        if (restarted[0]) {
            LOG.warn(
                    "Shard {}: replication to node {} is started anew: {}",
                    shard,
                    ReplicaAddress.node(peer),
                    reason);
            options.links().replicatorRestarted(node.getGroupId(), ReplicaAddress.node(peer));
        }
    }
}
