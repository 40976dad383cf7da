package io.millrace.tests.processes;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/** Where the chance of a test comes from: printed, so that a run can be repeated. */
public final class Seed {

    private static final String PROPERTY = "millrace.test.seed";

    private Seed() {}

    /**
     * A source of chance, from the system property {@code millrace.test.seed} if it is set.
     *
     * @param test printed with the seed
     */
    public static Random random(String test) {
        long seed = Long.getLong(PROPERTY, ThreadLocalRandom.current().nextLong());
        System.err.printf("%s: -D%s=%d%n", test, PROPERTY, seed);
        return new Random(seed);
    }
}
