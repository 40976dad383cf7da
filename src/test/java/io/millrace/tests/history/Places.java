package io.millrace.tests.history;

import java.util.Arrays;

/** Which value was read at each offset, by one reader or by many. */
final class Places {

    static final long NOTHING = 0;

    /** More than any run writes to a partition; beyond it an offset is nonsense. */
    static final long MAX_OFFSET = 1L << 28;

    private long[] values = new long[1_024];
    private int end;

    /**
     * Enters what was read.
     *
     * @return false if another value was entered there before; that one stays
     */
    boolean put(long offset, long value) {
        if (offset >= values.length) {
            values = Arrays.copyOf(values, (int) Math.max(offset + 1, values.length * 2L));
        }
        int at = (int) offset;
        end = Math.max(end, at + 1);
        if (values[at] == NOTHING) {
            values[at] = value;
        }
        return values[at] == value;
    }

    /** The value at an offset, {@link #NOTHING} if none was read. */
    long at(long offset) {
        return offset < 0 || offset >= end ? NOTHING : values[(int) offset];
    }

    /** One more than the highest offset that was read. */
    int end() {
        return end;
    }
}
