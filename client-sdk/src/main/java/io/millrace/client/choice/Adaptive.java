package io.millrace.client.choice;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** {@link ChoicePolicy#adaptive}. */
final class Adaptive implements ChoicePolicy {
    /** How often others are drawn in place of those that fail. */
    private static final int DRAWS = 4;

    /**
     * How many are compared, if there are more. Two are too few where the candidates are
     * partitions: both are often on the one slow broker.
     */
    private static final int COMPARED = 4;

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
        // Never all: whoever is fastest at the moment is not to get everything.
        int compared = Math.min(COMPARED, count - 1);
        for (int draw = 1; ; draw++) {
            int best = bestOf(candidates, Math.max(2, compared));
            if (candidates.get(best).failures() == 0 || draw == DRAWS) {
                return best;
            }
        }
    }

    /** The best of some different ones. */
    private int bestOf(List<Candidate> candidates, int compared) {
        int[] drawn = new int[compared];
        int best = -1;
        for (int i = 0; i < compared; i++) {
            drawn[i] = another(drawn, i, candidates.size());
            if (best < 0 || isBetter(candidates.get(drawn[i]), candidates.get(best))) {
                best = drawn[i];
            }
        }
        return best;
    }

    /** One that is not among those drawn, each with the same chance. */
    private int another(int[] drawn, int drawnCount, int count) {
        int next = random.nextInt(count - drawnCount);
        int[] before = Arrays.copyOf(drawn, drawnCount);
        Arrays.sort(before);
        for (int taken : before) {
            if (next >= taken) {
                next++;
            }
        }
        return next;
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
