package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Decides which leaderships move. Brokers that are drained, leaving, or have a problem lead
 * nothing; among the others the shards spread evenly, with as few moves as can be, and where it is
 * as even either way by the order of preference. Nobody is to lead who has not caught up. Shards
 * without a leader are left to elect one.
 */
public final class LeaderPlan {

    private final ClusterImage image;
    private final ClusterCondition condition;
    private final Map<Integer, Integer> leads = new TreeMap<>();
    private final Map<Integer, Integer> leaders = new TreeMap<>();
    private final Map<Integer, LeaderTransfer> transfers = new TreeMap<>();

    private LeaderPlan(ClusterImage image, ClusterCondition condition) {
        this.image = image;
        this.condition = condition;
        image.brokers().keySet().stream()
                .filter(node -> unfit(node).isEmpty())
                .forEach(node -> leads.put(node, 0));
        for (ShardImage shard : image.dataShards()) {
            int leader = condition.leader(shard.shard());
            if (leader != 0) {
                leaders.put(shard.shard(), leader);
                leads.computeIfPresent(leader, (node, count) -> count + 1);
            }
        }
    }

    /**
     * The leaderships that must move now, off brokers that should lead nothing. Those for which
     * nobody else is fit stay where they are.
     *
     * @param most how many at a time
     */
    public static List<LeaderTransfer> relieve(
            ClusterImage image, ClusterCondition condition, int most) {
        LeaderPlan plan = new LeaderPlan(image, condition);
        for (ShardImage shard : image.shards().values()) {
            plan.relieve(shard);
        }
        return plan.transfers.values().stream().limit(most).toList();
    }

    /**
     * The leaderships that move for an even spread. The controller's stays: it leads best who has
     * led for long. A move against the order of preference lasts only if the order is changed with
     * it, by {@link io.millrace.broker.controller.PreferLeader}.
     *
     * @param most how many at a time; only if no fewer make it more even it may be more
     */
    public static List<LeaderTransfer> spread(
            ClusterImage image, ClusterCondition condition, int most) {
        LeaderPlan plan = new LeaderPlan(image, condition);
        while (plan.even(most)) {
            // another path was found
        }
        for (ShardImage shard : image.dataShards()) {
            if (plan.transfers.size() < most) {
                plan.prefer(shard);
            }
        }
        return List.copyOf(plan.transfers.values());
    }

    private void relieve(ShardImage shard) {
        int leader = condition.leader(shard.shard());
        Optional<String> why = leader == 0 ? Optional.empty() : unfit(shard, leader);
        if (why.isEmpty()) {
            return;
        }
        List<Integer> fit = fit(shard).stream().filter(node -> node != leader).toList();
        fit.stream()
                .min(Comparator.comparing(leads::get)) // the first of equals: by preference
                .ifPresent(to -> move(shard.shard(), leader, to, why.get()));
    }

    /**
     * Moves one from a broker that leads most to one that leads two less, maybe by way of others.
     */
    private boolean even(int most) {
        List<Integer> fullest =
                leads.keySet().stream()
                        .sorted(Comparator.comparing((Integer node) -> -leads.get(node)))
                        .toList();
        for (int from : fullest) {
            Optional<List<LeaderTransfer>> path = path(from);
            // Half a path would make nothing more even.
            boolean fits =
                    transfers.isEmpty()
                            || path.isPresent() && transfers.size() + path.get().size() <= most;
            if (path.isPresent() && fits) {
                path.get().forEach(one -> move(one.shard(), one.from(), one.to(), one.reason()));
                return true;
            }
        }
        return false;
    }

    private Optional<List<LeaderTransfer>> path(int start) {
        Map<Integer, LeaderTransfer> reachedBy = new HashMap<>();
        Deque<Integer> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            int from = open.remove();
            for (ShardImage shard : movable(from)) {
                for (int to : fit(shard)) {
                    if (to != start && !reachedBy.containsKey(to)) {
                        String why =
                                "broker %d leads %d shards, broker %d leads %d"
                                        .formatted(from, leads.get(from), to, leads.get(to));
                        reachedBy.put(to, new LeaderTransfer(shard.shard(), from, to, why));
                        open.add(to);
                        if (leads.get(to) <= leads.get(start) - 2) {
                            return Optional.of(back(start, to, reachedBy));
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static List<LeaderTransfer> back(
            int start, int end, Map<Integer, LeaderTransfer> reachedBy) {
        List<LeaderTransfer> path = new ArrayList<>();
        for (int node = end; node != start; node = path.get(path.size() - 1).from()) {
            path.add(reachedBy.get(node));
        }
        return path;
    }

    /** The shards that a broker leads and that have not been moved yet. */
    private List<ShardImage> movable(int node) {
        return image.dataShards().stream()
                .filter(shard -> leaders.getOrDefault(shard.shard(), 0) == node)
                .filter(shard -> !transfers.containsKey(shard.shard()))
                .toList();
    }

    /** To a broker that is preferred, if that makes the spread no less even. */
    private void prefer(ShardImage shard) {
        int leader = leaders.getOrDefault(shard.shard(), 0);
        if (transfers.containsKey(shard.shard()) || !leads.containsKey(leader)) {
            return;
        }
        for (int to : fit(shard)) {
            if (to == leader) {
                return;
            }
            if (leads.get(to) < leads.get(leader)) {
                move(shard.shard(), leader, to, "broker " + to + " is preferred");
                return;
            }
        }
    }

    private void move(int shard, int from, int to, String why) {
        transfers.put(shard, new LeaderTransfer(shard, from, to, why));
        leaders.put(shard, to);
        leads.computeIfPresent(from, (node, count) -> count - 1);
        leads.computeIfPresent(to, (node, count) -> count + 1);
    }

    /** The brokers that could lead a shard, in the order of preference. */
    private List<Integer> fit(ShardImage shard) {
        return shard.replicas().stream()
                .filter(one -> isVoter(shard, one))
                .filter(condition::isUp)
                .map(ReplicaImage::nodeId)
                .filter(leads::containsKey)
                .toList();
    }

    private static boolean isVoter(ShardImage shard, ReplicaImage replica) {
        return replica.state() == ReplicaState.VOTER
                && shard.confirmed().voterIds().contains(replica.replicaId());
    }

    private Optional<String> unfit(ShardImage shard, int leader) {
        boolean stays =
                shard.replicaOn(leader)
                        .filter(one -> one.state() != ReplicaState.LEAVING)
                        .isPresent();
        return stays
                ? unfit(leader)
                : Optional.of("the replica on broker " + leader + " is on its way out");
    }

    private Optional<String> unfit(int node) {
        BrokerState state = image.broker(node).map(BrokerImage::state).orElse(null);
        BrokerCondition is = condition.broker(node);
        if (state != BrokerState.ACTIVE) {
            return Optional.of("broker %d is %s".formatted(node, state == null ? "gone" : state));
        }
        if (!is.isAlive()) {
            return Optional.of("broker %d is not heard of".formatted(node));
        }
        return is.leadProblem().isEmpty()
                ? Optional.empty()
                : Optional.of("broker %d: %s".formatted(node, is.leadProblem()));
    }
}
