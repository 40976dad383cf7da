package io.millrace.perf.host;

/**
 * What a process has used so far, and what it holds right now.
 *
 * @param cpuMillis of all its threads, those that have ended too; to 10 ms
 * @param dirtiedBytes of pages that it made dirty; a file system with large pages counts a whole
 *     one for a byte, so that a disk may have to take much less
 * @param rssBytes resident memory, files that it maps included
 * @param anonBytes resident memory without files
 * @param peakRssBytes the most resident memory since the start, or since it was reset; files that
 *     it maps included
 * @param threads how many live
 * @param files open file descriptors
 * @param maps memory mappings
 */
public record ProcSample(
        long cpuMillis,
        long dirtiedBytes,
        long rssBytes,
        long anonBytes,
        long peakRssBytes,
        int threads,
        int files,
        int maps) {

    /** Linux shows times to programs in hundredths of a second on every architecture. */
    private static final int MILLIS_PER_TICK = 10;

    /** Where utime stands after the name of the program; stime follows it. */
    private static final int USER_TIME = 11;

    /**
     * From the texts that the kernel shows.
     *
     * @param stat of /proc/PID/stat
     * @param io of /proc/PID/io
     * @param status of /proc/PID/status
     * @param files how many entries /proc/PID/fd has
     * @param maps how many lines /proc/PID/maps has
     * @throws IllegalArgumentException if one of them is not what the kernel shows
     */
    public static ProcSample parse(String stat, String io, String status, int files, int maps) {
        return new ProcSample(
                cpuMillis(stat),
                number(io, "write_bytes:"),
                1024 * number(status, "VmRSS:"),
                1024 * number(status, "RssAnon:"),
                1024 * number(status, "VmHWM:"),
                (int) number(status, "Threads:"),
                files,
                maps);
    }

    private static long cpuMillis(String stat) {
        // The name may hold blanks and parentheses: the fields begin after the last one.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        if (stat.indexOf(')') < 0 || fields.length <= USER_TIME + 1) {
            throw new IllegalArgumentException("not a line of /proc/PID/stat: " + stat.strip());
        }
        return MILLIS_PER_TICK
                * (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]));
    }

    /** The number behind a name, with or without its unit. */
    static long number(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).replace("kB", "").strip())
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("no line " + name + " in: " + text));
    }
}
