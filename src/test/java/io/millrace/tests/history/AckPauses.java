package io.millrace.tests.history;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The longest time without an acknowledgement in any partition after each fault. Only means
 * something under steady load.
 */
public final class AckPauses {

    private static final long NONE = Long.MIN_VALUE;

    /** When each fault began, in order. */
    private final long[] faults;

    private final long[] longest;
    private long worst;
    private long last = NONE;

    AckPauses(long[] faults) {
        this.faults = faults;
        this.longest = new long[faults.length];
    }

    /** A partition begins. */
    void begin() {
        last = NONE;
    }

    void acknowledged(long time) {
        if (last != NONE && time > last) {
            long pause = time - last;
            worst = Math.max(worst, pause);
            for (int fault = faultAt(last); fault <= faultAt(time); fault++) {
                if (fault >= 0) {
                    longest[fault] = Math.max(longest[fault], pause);
                }
            }
        }
        last = time;
    }

    /** The last fault that had begun then; -1: none. */
    private int faultAt(long time) {
        int at = Arrays.binarySearch(faults, time);
        return at >= 0 ? at : -at - 2;
    }

    /** How many faults there were. */
    public int faults() {
        return faults.length;
    }

    /** The middle one of the pauses after each fault, in nanoseconds; 0 without faults. */
    public long medianNanos() {
        long[] sorted = longest.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    /** The longest pause of all, in nanoseconds. */
    public long longestNanos() {
        return worst;
    }

    @Override
    public String toString() {
        String each =
                Arrays.stream(longest)
                        .mapToObj(pause -> "%.3f".formatted(pause / 1e9))
                        .collect(Collectors.joining(" "));
        return "longest pauses in acknowledgements after %d faults: median %.3f s, longest of all %.3f s; each: %s"
                .formatted(faults.length, medianNanos() / 1e9, worst / 1e9, each);
    }
}
