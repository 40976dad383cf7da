package io.millrace.client.choice;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;

/**
 * {@link ChoicePolicy#clientHash}: each candidate draws a number from its id and the client's name,
 * the highest wins. One that goes takes only its own clients with it, one that comes takes its
 * share from each.
 */
final class ClientHash implements ChoicePolicy {
    private static final XXHash64 HASH = XXHashFactory.fastestJavaInstance().hash64();

    private final long seed;

    ClientHash(String client) {
        this.seed = hash(client, 0);
    }

    @Override
    public int choose(List<Candidate> candidates) {
        int best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            // In (0, 1); the logarithm makes the chance to win proportional to the weight.
            double drawn = ((hash(candidate.id(), seed) >>> 11) + 0.5) * 0x1.0p-53;
            double score = candidate.weight() / -Math.log(drawn);
            if (score > highest) {
                highest = score;
                best = i;
            }
        }
        return best;
    }

    private static long hash(String text, long seed) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return HASH.hash(bytes, 0, bytes.length, seed);
    }
}
