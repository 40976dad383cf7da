package io.millrace.tests.processes;

/**
 * How much the tests do: little in each build, more in the Maven profile {@code faults}. The
 * defaults are for runs without Maven.
 */
public final class Effort {

    private Effort() {}

    /** How often a broker that is written to is killed. */
    public static int kills() {
        return Integer.getInteger("millrace.test.kills", 3);
    }

    /** How often the power is cut. */
    public static int powerCuts() {
        return Integer.getInteger("millrace.test.power-cuts", 3);
    }

    /** How many lines go through the command. */
    public static int lines() {
        return Integer.getInteger("millrace.test.lines", 200_000);
    }
}
