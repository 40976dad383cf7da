package io.millrace.perf.host;

import java.util.Arrays;

/**
 * How the processors of this machine have spent their time since it started, in hundredths of a
 * second over all of them.
 *
 * @param total all of it
 * @param idle without work, waiting for a disk included
 * @param stolen wanted, and given to another machine by the hypervisor
 */
public record MachineSample(long total, long idle, long stolen) {

    private static final int COLUMNS = 8;

    /**
     * From the text of /proc/stat.
     *
     * @throws IllegalArgumentException if it is not what the kernel shows
     */
    public static MachineSample parse(String stat) {
        String line =
                stat.lines()
                        .filter(each -> each.startsWith("cpu "))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no line cpu in: " + stat));
        String[] words = line.strip().split(" +");
        if (words.length <= COLUMNS) {
            throw new IllegalArgumentException("too few columns in: " + line);
        }
        // user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user.
        long[] ticks = Arrays.stream(words, 1, 1 + COLUMNS).mapToLong(Long::parseLong).toArray();
        return new MachineSample(Arrays.stream(ticks).sum(), ticks[3] + ticks[4], ticks[7]);
    }

    /** The share of the time since an earlier sample that was stolen; 0 to 1. */
    public double stolenSince(MachineSample earlier) {
        return share(stolen - earlier.stolen, earlier);
    }

    /** The share of the time since an earlier sample that somebody worked; 0 to 1. */
    public double busySince(MachineSample earlier) {
        return share(
                (total - idle - stolen) - (earlier.total - earlier.idle - earlier.stolen), earlier);
    }

    private double share(long ticks, MachineSample earlier) {
        long passed = total - earlier.total;
        return passed <= 0 ? 0 : Math.max(0, (double) ticks / passed);
    }
}
