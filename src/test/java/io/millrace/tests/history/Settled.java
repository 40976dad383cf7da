package io.millrace.tests.history;

/** What became of a delivery of a queue, packed into an int with its delivery count. */
public enum Settled {
    /** Done. */
    ACKED,
    /** Again, please. */
    NACKED,
    /** Never again: a dead letter. */
    REJECTED;

    private static final int COUNT_BITS = 24;
    private static final Settled[] ALL = values();

    int pack(int count) {
        return ordinal() << COUNT_BITS | count;
    }

    static Settled of(int packed) {
        return ALL[packed >>> COUNT_BITS];
    }

    static int count(int packed) {
        return packed & (1 << COUNT_BITS) - 1;
    }
}
