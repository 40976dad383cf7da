package io.millrace.broker.replicas;

import io.millrace.raft.Member;
import io.millrace.raft.ShardStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether the leader of a shard hands it over, and to whom. Decides only.
 *
 * <p>The map's order of preference spreads the leaders over the brokers. A leader that should lead
 * nothing (it is drained, its disk is full or hangs) hands over to the best that is left, at once;
 * any other only to one that it prefers less than itself in nothing: alive, fit and caught up.
 */
final class LeaderChoice {

    /** A voter this close takes over within one exchange. */
    static final long NEAR_ENTRIES = 256;

    /** A voter that was silent for longer is not there for sure. */
    static final long SILENT_MS = 2_000;

    private LeaderChoice() {}

    /**
     * The node to hand over to; empty to go on leading.
     *
     * @param preference nodes in the order of preference; those that are not in it come last
     * @param fit the nodes that may lead: alive, and with nothing that speaks against it
     * @param self this node, which leads
     * @param status the shard as its leader sees it
     */
    static Optional<Integer> successor(
            List<Integer> preference, Set<Integer> fit, int self, ShardStatus status) {
        List<Integer> ready =
                status.followers().stream()
                        .filter(follower -> isReady(follower, status))
                        .map(follower -> follower.member().nodeId())
                        .filter(fit::contains)
                        .filter(node -> node != self)
                        .sorted(Comparator.comparingInt(node -> rank(preference, node)))
                        .toList();
        if (ready.isEmpty()) {
            return Optional.empty();
        }
        int best = ready.get(0);
        boolean better = !fit.contains(self) || rank(preference, best) < rank(preference, self);
        return better ? Optional.of(best) : Optional.empty();
    }

    private static boolean isReady(ShardStatus.Follower follower, ShardStatus status) {
        Member member = follower.member();
        return status.members().voters().contains(member)
                && !follower.installing()
                && follower.silentMs() <= SILENT_MS
                && status.lastLogIndex() - follower.matchIndex() <= NEAR_ENTRIES;
    }

    private static int rank(List<Integer> preference, int node) {
        int place = preference.indexOf(node);
        return place < 0 ? Integer.MAX_VALUE : place;
    }
}
