package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.PreferLeader;
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
 * nothing, and no replica leads that misses records while another is whole; among the others the
 * shards spread evenly, with as few moves as can be, and where it is as even either way by the
 * order of preference. Nobody is to lead who has not caught up. Shards without a leader are left to
 * elect one.
 *
 * <p>It comes to rest: each move makes the spread more even, or leaves it as even and brings a
 * shard to a broker that it prefers.
 */
public final class LeaderPlan {

    private final ClusterImage image;
    private final ClusterCondition condition;
    private final Map<Integer, Integer> leads = new TreeMap<>();
    private final Map<Integer, Integer> leaders = new TreeMap<>();
    private final Map<Integer, LeaderMove> moves = new TreeMap<>();

    private final Map<Integer, List<ShardImage>> ledBy = new HashMap<>();

    /**
     * A way to move a shard.
     *
     * @param from the rank of the broker that leads it in the order of preference
     * @param rank the rank of the one that would
     */
    private record Way(ShardImage shard, int to, int from, int rank) {

        /** The less it costs, the more it leads where the shard is at home. */
        int cost() {
            return rank - from;
        }
    }

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
                ledBy.computeIfAbsent(leader, node -> new ArrayList<>()).add(shard);
                leads.computeIfPresent(leader, (node, count) -> count + 1);
            }
        }
    }

    /**
     * The leaderships that must move now, off brokers that should lead nothing and replicas that
     * miss records. Those for which nobody else is fit stay where they are. The order of preference
     * stays as it is: they come back.
     *
     * @param most how many at a time
     */
    public static List<LeaderTransfer> relieve(
            ClusterImage image, ClusterCondition condition, int most) {
        LeaderPlan plan = new LeaderPlan(image, condition);
        for (ShardImage shard : image.shards().values()) {
            plan.relieve(shard);
        }
        return plan.moves.values().stream().limit(most).map(LeaderMove::transfer).toList();
    }

    /**
     * The leaderships that move for an even spread. The controller's stays: it leads best who has
     * led for long.
     *
     * @param most how many at a time; only if no fewer make it more even it may be more
     */
    public static List<LeaderMove> spread(
            ClusterImage image, ClusterCondition condition, int most) {
        LeaderPlan plan = new LeaderPlan(image, condition);
        while (plan.even(most)) {
            // another path was found
        }
        for (ShardImage shard : image.dataShards()) {
            if (plan.moves.size() < most) {
                plan.prefer(shard);
            }
        }
        return List.copyOf(plan.moves.values());
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
                .ifPresent(to -> move(moveOf(shard, to, why.get())));
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
            if (leads.get(from) < leads.get(fullest.get(fullest.size() - 1)) + 2) {
                return false; // nobody leads so few
            }
            List<LeaderMove> path = path(from).stream().map(this::moveOf).toList();
            // Half a path would make nothing more even.
            if (!path.isEmpty() && (moves.isEmpty() || moves.size() + path.size() <= most)) {
                path.forEach(this::move);
                return true;
            }
        }
        return false;
    }

    private LeaderMove moveOf(Way way) {
        int from = leaders.get(way.shard().shard());
        String why =
                "broker %d leads %d shards, broker %d leads %d"
                        .formatted(from, leads.get(from), way.to(), leads.get(way.to()));
        LeaderMove move = moveOf(way.shard(), way.to(), why);
        return way.cost() > 0 ? new LeaderMove(move.transfer(), Optional.of(order(way))) : move;
    }

    /** The shortest path, the last step first; empty if there is none. */
    private List<Way> path(int start) {
        Map<Integer, Way> reachedBy = new HashMap<>();
        Deque<Integer> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            for (Way way : ways(open.remove())) {
                if (way.to() != start && reachedBy.putIfAbsent(way.to(), way) == null) {
                    open.add(way.to());
                    if (leads.get(way.to()) <= leads.get(start) - 2) {
                        return back(start, way.to(), reachedBy);
                    }
                }
            }
        }
        return List.of();
    }

    private List<Way> back(int start, int end, Map<Integer, Way> reachedBy) {
        List<Way> path = new ArrayList<>();
        for (int node = end; node != start; ) {
            Way way = reachedBy.get(node);
            path.add(way);
            node = leaders.get(way.shard().shard());
        }
        return path;
    }

    /** Where the shards that a broker leads, and that have not been moved yet, could go. */
    private List<Way> ways(int from) {
        List<Way> ways = new ArrayList<>();
        for (ShardImage shard : ledBy.getOrDefault(from, List.of())) {
            if (!moves.containsKey(shard.shard())) {
                List<Integer> order = order(shard);
                int rank = order.contains(from) ? order.indexOf(from) : order.size();
                for (int to : fit(shard)) {
                    ways.add(new Way(shard, to, rank, order.indexOf(to)));
                }
            }
        }
        // Of equals those that are farther from home, so that each finds home again.
        ways.sort(
                Comparator.comparingInt(Way::cost)
                        .thenComparing(Way::from, Comparator.reverseOrder()));
        return ways;
    }

    /** To a broker that is preferred, if that makes the spread no less even. */
    private void prefer(ShardImage shard) {
        int leader = leaders.getOrDefault(shard.shard(), 0);
        if (moves.containsKey(shard.shard()) || !leads.containsKey(leader)) {
            return;
        }
        for (int to : fit(shard)) {
            if (to == leader) {
                return;
            }
            if (leads.get(to) < leads.get(leader)) {
                move(moveOf(shard, to, "broker " + to + " is preferred"));
                return;
            }
        }
    }

    private LeaderMove moveOf(ShardImage shard, int to, String why) {
        int from = condition.leader(shard.shard());
        return new LeaderMove(new LeaderTransfer(shard.shard(), from, to, why), Optional.empty());
    }

    private void move(LeaderMove move) {
        LeaderTransfer transfer = move.transfer();
        moves.put(transfer.shard(), move);
        leaders.put(transfer.shard(), transfer.to());
        leads.computeIfPresent(transfer.from(), (node, count) -> count - 1);
        leads.computeIfPresent(transfer.to(), (node, count) -> count + 1);
    }

    /**
     * The order with which a move lasts. Whoever is preferred to both stays so, and leads again
     * when it comes back.
     */
    private static PreferLeader order(Way way) {
        List<Integer> order = new ArrayList<>(order(way.shard()));
        order.add(way.from(), order.remove(way.rank()));
        return new PreferLeader(way.shard().shard(), order);
    }

    /** The brokers that hold a replica which is not lost, in the order of preference. */
    private static List<Integer> order(ShardImage shard) {
        return shard.replicas().stream()
                .filter(one -> one.state() != ReplicaState.LOST)
                .map(ReplicaImage::nodeId)
                .toList();
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
        Optional<ReplicaImage> replica =
                shard.replicaOn(leader).filter(one -> one.state() != ReplicaState.LEAVING);
        if (replica.isEmpty()) {
            return Optional.of("the replica on broker " + leader + " is on its way out");
        }
        long missing = condition.replica(replica.get().replicaId()).missingRecords();
        return missing > 0
                ? Optional.of("broker %d misses %,d records of it".formatted(leader, missing))
                : unfit(leader);
    }

    private Optional<String> unfit(int node) {
        BrokerState state = image.broker(node).map(BrokerImage::state).orElse(null);
        BrokerCondition is = condition.broker(node);
        if (state == null || !state.mayLead()) {
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
