package io.millrace.client.choice;

import java.util.List;
import java.util.random.RandomGenerator;

/** {@link ChoicePolicy#adaptive}. */
final class Adaptive implements ChoicePolicy {
    /** How often another one is drawn in place of one that fails. */
    private static final int DRAWS = 4;

    private final RandomGenerator random;

    Adaptive(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public int choose(List<Candidate> candidates) {
        int count = candidates.size();
        if (count == 1) {
            return 0;
        }
        for (int draw = 1; ; draw++) {
            int first = random.nextInt(count);
            int second = (first + 1 + random.nextInt(count - 1)) % count;
            int better = isBetter(candidates.get(second), candidates.get(first)) ? second : first;
            if (candidates.get(better).failures() == 0 || draw == DRAWS) {
                return better;
            }
        }
    }

    private static boolean isBetter(Candidate a, Candidate b) {
        if (a.failures() > 0 != b.failures() > 0) {
            return b.failures() > 0;
        }
        // What is not known is taken for equal, but nobody needs to wait to learn it.
        long responseA = a.responseNanos() > 0 ? a.responseNanos() : known(b, a);
        long responseB = b.responseNanos() > 0 ? b.responseNanos() : known(a, b);
        return cost(a, responseA) < cost(b, responseB);
    }

    /** What to take for the unknown response time of one of two. */
    private static long known(Candidate other, Candidate unknown) {
        return unknown.outstanding() == 0 ? 0 : Math.max(1, other.responseNanos());
    }

    private static double cost(Candidate candidate, long responseNanos) {
        return (candidate.outstanding() + 1.0) * responseNanos / candidate.weight();
    }
}
