package io.millrace.client.choice;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@link ChoicePolicy#weightedRoundRobin}: at each turn every candidate earns its weight, the
 * richest is chosen and pays the sum of all weights. The heavy ones do not come in a row.
 */
final class WeightedRoundRobin implements ChoicePolicy {
    private final Map<String, Long> earned = new HashMap<>();

    @Override
    public synchronized int choose(List<Candidate> candidates) {
        int chosen = 0;
        long richest = Long.MIN_VALUE;
        long sum = 0;
        Set<String> present = new HashSet<>();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            present.add(candidate.id());
            long has = earned.merge(candidate.id(), (long) candidate.weight(), Long::sum);
            sum += candidate.weight();
            if (has > richest) {
                richest = has;
                chosen = i;
            }
        }
        // Who was away begins anew: else it would take all turns that it has missed.
        earned.keySet().retainAll(present);
        earned.merge(candidates.get(chosen).id(), -sum, Long::sum);
        return chosen;
    }
}
