package io.millrace.tests.history;

/** One member's stay in a partition, as it tells of it. */
final class Stay {

    static final long NONE = -1;

    final int client;
    final int epoch;
    final long assigned;

    /** What was committed when it came; {@link #NONE}: nothing. */
    final long start;

    /** Given although a higher epoch had been given before. */
    final boolean regressed;

    /** When a stay with a higher epoch was seen, and when its own member saw its end. */
    long overtaken = Long.MAX_VALUE;

    long ended = Long.MAX_VALUE;

    /** The offset that comes next; {@link #NONE}: not known. */
    long next = NONE;

    /** The highest offsets that it asked to be committed, and that were. */
    long asked = NONE;

    long acked = NONE;
    boolean startJudged;

    Stay(int client, int epoch, long assigned, long start, boolean regressed) {
        this.client = client;
        this.epoch = epoch;
        this.assigned = assigned;
        this.start = start;
        this.regressed = regressed;
    }
}
