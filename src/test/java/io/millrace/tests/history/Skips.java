package io.millrace.tests.history;

import java.util.Arrays;

/** Ranges of offsets that readers went past; whether that was wrong shows at the end. */
final class Skips {

    /** From this many on a run is bad enough. */
    private static final int MAX = 1 << 20;

    private static final int COLUMNS = 4;

    private long[] rows = new long[COLUMNS * 64];
    private int size;

    void add(long from, long to, long time, boolean withinPoll) {
        if (size == MAX) {
            return;
        }
        if ((size + 1) * COLUMNS > rows.length) {
            rows = Arrays.copyOf(rows, rows.length * 2);
        }
        int row = size++ * COLUMNS;
        rows[row] = from;
        rows[row + 1] = to;
        rows[row + 2] = time;
        rows[row + 3] = withinPoll ? 1 : 0;
    }

    int size() {
        return size;
    }

    long from(int skip) {
        return rows[skip * COLUMNS];
    }

    long to(int skip) {
        return rows[skip * COLUMNS + 1];
    }

    long time(int skip) {
        return rows[skip * COLUMNS + 2];
    }

    boolean withinPoll(int skip) {
        return rows[skip * COLUMNS + 3] == 1;
    }
}
