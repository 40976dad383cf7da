package io.millrace.broker.controller.plan;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The most even spread there is, found in another way than {@link LeaderPlan} does: for each number
 * k, as many shards as can be have a leader that leads no more than k.
 */
final class EvenSpread {

    private final Map<Integer, List<Integer>> able;
    private final Map<Integer, Integer> chosen = new HashMap<>();

    private EvenSpread(Map<Integer, List<Integer>> able) {
        this.able = able;
    }

    /**
     * Whether no spread is more even.
     *
     * @param able who could lead, by shard
     * @param loads how many shards each broker leads
     */
    static boolean isEven(Map<Integer, List<Integer>> able, Collection<Integer> loads) {
        int most = loads.stream().mapToInt(load -> load).max().orElse(0);
        for (int k = 1; k < most; k++) {
            int limit = k;
            int now = loads.stream().mapToInt(load -> Math.min(load, limit)).sum();
            if (now < new EvenSpread(able).led(limit)) {
                return false;
            }
        }
        return true;
    }

    /** How many shards can be led at a time if nobody leads more than that. */
    private int led(int limit) {
        return (int) able.keySet().stream().filter(s -> place(s, limit, new HashSet<>())).count();
    }

    private boolean place(int shard, int limit, Set<Integer> tried) {
        for (int node : able.get(shard)) {
            if (tried.add(node)) {
                List<Integer> there =
                        chosen.entrySet().stream()
                                .filter(one -> one.getValue() == node)
                                .map(Map.Entry::getKey)
                                .toList();
                boolean room = there.size() < limit;
                if (room || there.stream().anyMatch(other -> place(other, limit, tried))) {
                    chosen.put(shard, node);
                    return true;
                }
            }
        }
        return false;
    }
}
