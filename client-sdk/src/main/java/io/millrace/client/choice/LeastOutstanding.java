package io.millrace.client.choice;

import java.util.List;
import java.util.random.RandomGenerator;

/** {@link ChoicePolicy#leastOutstanding}. */
final class LeastOutstanding implements ChoicePolicy {
    private final RandomGenerator random;

    LeastOutstanding(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public int choose(List<Candidate> candidates) {
        return Cheapest.of(candidates, it -> (double) it.outstanding() / it.weight(), random);
    }
}
