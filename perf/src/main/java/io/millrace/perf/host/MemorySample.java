package io.millrace.perf.host;

/**
 * The memory of this machine.
 *
 * @param totalBytes all that the kernel has
 * @param freeBytes what nobody uses, not even for pages of files
 */
public record MemorySample(long totalBytes, long freeBytes) {

    /**
     * From the text of /proc/meminfo.
     *
     * @throws IllegalArgumentException if it is not what the kernel shows
     */
    public static MemorySample parse(String meminfo) {
        return new MemorySample(
                1024 * ProcSample.number(meminfo, "MemTotal:"),
                1024 * ProcSample.number(meminfo, "MemFree:"));
    }
}
