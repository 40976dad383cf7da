package io.millrace.tests.history;

/**
 * What makes a record unlike all others: who sent it, and the how manieth it was. Packed into a
 * long, as millions of them are looked at.
 */
public final class Value {

    /** How many keys there are. */
    public static final int KEYS = 61;

    private static final int COUNTER_BITS = 40;
    private static final long COUNTER_MASK = (1L << COUNTER_BITS) - 1;
    private static final int MAX_PRODUCER = (1 << 23) - 1;

    private Value() {}

    /**
     * Packs one.
     *
     * @param producer 1 to 8,388,607; never used twice in a history
     * @param counter counted from 0 by that producer
     */
    public static long of(int producer, long counter) {
        if (producer < 1 || producer > MAX_PRODUCER) {
            throw new IllegalArgumentException(
                    "producer is " + producer + "; it must be 1 to " + MAX_PRODUCER);
        }
        if (counter < 0 || counter > COUNTER_MASK) {
            throw new IllegalArgumentException("counter is " + counter + "; it has 40 bits");
        }
        return (long) producer << COUNTER_BITS | counter;
    }

    static int producer(long value) {
        return (int) (value >>> COUNTER_BITS);
    }

    static long counter(long value) {
        return value & COUNTER_MASK;
    }

    /** The number of its key, 0 to {@link #KEYS} - 1; what is sent with keys takes them in turn. */
    public static int key(long value) {
        return (int) (counter(value) % KEYS);
    }

    static String text(long value) {
        return producer(value) + ":" + counter(value);
    }
}
