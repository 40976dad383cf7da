package io.millrace.client.choice;

import java.util.List;
import java.util.random.RandomGenerator;

/** {@link ChoicePolicy#leastResponseTime}. */
final class LeastResponseTime implements ChoicePolicy {
    private final RandomGenerator random;

    LeastResponseTime(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public int choose(List<Candidate> candidates) {
        return Cheapest.of(candidates, Candidate::responseNanos, random);
    }
}
