package io.millrace.client.choice;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** Finds the candidate of the lowest cost; those with failures come last, equals by lot. */
final class Cheapest {
    private Cheapest() {}

    static int of(
            List<Candidate> candidates, ToDoubleFunction<Candidate> cost, RandomGenerator random) {
        int best = 0;
        double lowest = Double.MAX_VALUE;
        boolean bestFails = true;
        int equals = 0;
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            boolean fails = candidate.failures() > 0;
            double its = cost.applyAsDouble(candidate);
            if (fails == bestFails && its == lowest) {
                equals++;
                best = random.nextInt(equals) == 0 ? i : best;
            } else if (bestFails && !fails || fails == bestFails && its < lowest) {
                best = i;
                lowest = its;
                bestFails = fails;
                equals = 1;
            }
        }
        return best;
    }
}
