package io.millrace.client.choice;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Chooses among equals: brokers to ask, replicas to read from, partitions for records without a
 * key. Implementations are thread-safe, do not block, and may keep state. A policy of one's own is
 * as good as those that are here.
 *
 * <p>Brokers that have failed are left out before a policy is asked: for half a second, doubled
 * with each failure up to 30 s, and then let in again by one request at a time until one succeeds.
 */
@FunctionalInterface
public interface ChoicePolicy {
    /**
     * The index of the candidate chosen.
     *
     * @param candidates one or more; may be computed as they are looked at, so a policy that looks
     *     at few of many is fast
     */
    int choose(List<Candidate> candidates);

    /** One after another, whatever they are like; begins anywhere. */
    static ChoicePolicy roundRobin(RandomGenerator random) {
        return new RoundRobin(random.nextInt(Integer.MAX_VALUE));
    }

    /** One after another, each as often as its weight says, evenly interleaved. */
    static ChoicePolicy weightedRoundRobin() {
        return new WeightedRoundRobin();
    }

    /** The one with the fewest requests that have not ended, in proportion to its weight. */
    static ChoicePolicy leastOutstanding(RandomGenerator random) {
        return new LeastOutstanding(random);
    }

    /** The one that has answered fastest of late; those of which nothing is known come first. */
    static ChoicePolicy leastResponseTime(RandomGenerator random) {
        return new LeastResponseTime(random);
    }

    /**
     * Always the same one for a client while it is there, and another one if it is not: what that
     * broker has in its caches stays of use. Clients are spread by their names.
     *
     * @param client what tells this client from others
     */
    static ChoicePolicy clientHash(String client) {
        return new ClientHash(client);
    }

    /**
     * The default: of four at random, but never of all, the one that promises the earliest answer,
     * by (requests under way + 1) × response time ÷ weight. Of two, the better one. Avoids the slow
     * without rushing at the fast.
     */
    static ChoicePolicy adaptive(RandomGenerator random) {
        return new Adaptive(random);
    }
}
