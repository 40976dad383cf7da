package io.millrace.tests.groups;

/** Records that nobody can process: one in so many. */
final class Poison {

    private static final long ONE_IN = 251;
    private static final long WHICH = 7;
    private static final long COUNTER_MASK = (1L << 40) - 1;

    private Poison() {}

    static boolean is(long value) {
        return (value & COUNTER_MASK) % ONE_IN == WHICH;
    }

    /** Whether that shows at once; else only after some attempts. */
    static boolean isPlain(long value) {
        return (value & COUNTER_MASK) / ONE_IN % 2 == 0;
    }
}
