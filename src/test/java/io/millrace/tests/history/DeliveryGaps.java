package io.millrace.tests.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The longest times without a delivery, by partition: from the moment on when all members were at
 * work to the first fault, and after each fault. Only means something under steady load.
 */
public final class DeliveryGaps {

    private static final long NONE = Long.MIN_VALUE;

    /**
     * One partition.
     *
     * @param partition which
     * @param before the longest gap before the first fault, in nanoseconds; 0: nothing was measured
     * @param after for each fault, the longest gap that was open then or later, up to the next one
     * @param moved for each fault, whether the partition was given up or away after it
     */
    public record Of(int partition, long before, long[] after, boolean[] moved) {}

    private final long steady;
    private final long[] faults;
    private final List<Of> all = new ArrayList<>();
    private long before;
    private long[] after;
    private boolean[] moved;
    private long last = NONE;

    DeliveryGaps(long steady, long[] faults) {
        this.steady = steady;
        this.faults = faults;
        begin();
    }

    private void begin() {
        before = 0;
        after = new long[faults.length];
        moved = new boolean[faults.length];
        last = NONE;
    }

    void delivered(long time) {
        if (last != NONE && time > last) {
            int first = faultAt(last);
            if (first < 0 && last >= steady) {
                long until = faults.length == 0 ? time : Math.min(time, faults[0]);
                before = Math.max(before, until - last);
            }
            for (int fault = Math.max(0, first); fault <= faultAt(time); fault++) {
                after[fault] = Math.max(after[fault], Math.min(time, endOf(fault)) - last);
            }
        }
        last = time;
    }

    void moved(long time) {
        int fault = faultAt(time);
        if (fault >= 0) {
            moved[fault] = true;
        }
    }

    /** A partition is through. */
    void end(int partition) {
        if (last != NONE) {
            all.add(new Of(partition, before, after, moved));
        }
        begin();
    }

    /** When the next fault begins: what a gap is from then on is that one's. */
    private long endOf(int fault) {
        return fault + 1 < faults.length ? faults[fault + 1] : Long.MAX_VALUE;
    }

    /** The last fault that had begun then; -1: none. */
    private int faultAt(long time) {
        int at = Arrays.binarySearch(faults, time);
        return at >= 0 ? at : -at - 2;
    }

    /** The longest gap of any partition before the first fault, in nanoseconds. */
    public long longestBefore() {
        return all.stream().mapToLong(Of::before).max().orElse(0);
    }

    /** All partitions of which something was delivered. */
    public List<Of> partitions() {
        return all;
    }

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(
                        "longest gaps in deliveries, in ms: before, and after each fault (moved: *)");
        for (Of each : all) {
            text.append("%n    partition %2d: %6d |".formatted(each.partition, ms(each.before)));
            for (int fault = 0; fault < faults.length; fault++) {
                text.append(
                        " %6d%s".formatted(ms(each.after[fault]), each.moved[fault] ? "*" : " "));
            }
        }
        return text.toString();
    }

    private static long ms(long nanos) {
        return nanos / 1_000_000;
    }
}
