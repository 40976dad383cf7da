package io.millrace.perf.compare;

import io.millrace.perf.host.ProcSample;
import java.util.List;

/**
 * What a measurement took of all brokers together.
 *
 * @param cpuSeconds of all threads
 * @param writtenBytes that the disk took, from whomever; null if nobody counts them
 * @param dirtiedBytes of pages that the brokers made dirty, as the kernel counts them
 * @param peakRssBytes the most resident memory of each meanwhile, summed up, files that they map
 *     included; null if nobody knows
 * @param rssBytes resident memory at the end, files that they map included
 * @param anonBytes resident memory at the end without files
 * @param threads at the end
 * @param files open file descriptors at the end
 * @param maps memory mappings at the end
 */
record BrokerCost(
        double cpuSeconds,
        Long writtenBytes,
        long dirtiedBytes,
        Long peakRssBytes,
        long rssBytes,
        long anonBytes,
        int threads,
        int files,
        int maps) {

    /**
     * From samples before and after, the same brokers in the same order.
     *
     * @param written what the disk took meanwhile; null if nobody counts that
     * @param peaks whether peaks are those since the samples before
     */
    static BrokerCost of(
            List<ProcSample> before, List<ProcSample> after, Long written, boolean peaks) {
        long cpuMillis = 0;
        long dirtied = 0;
        long peak = 0;
        long rss = 0;
        long anon = 0;
        int threads = 0;
        int files = 0;
        int maps = 0;
        for (int i = 0; i < after.size(); i++) {
            ProcSample then = before.get(i);
            ProcSample now = after.get(i);
            cpuMillis += now.cpuMillis() - then.cpuMillis();
            dirtied += now.dirtiedBytes() - then.dirtiedBytes();
            peak += now.peakRssBytes();
            rss += now.rssBytes();
            anon += now.anonBytes();
            threads += now.threads();
            files += now.files();
            maps += now.maps();
        }
        return new BrokerCost(
                cpuMillis / 1e3,
                written,
                dirtied,
                peaks ? Long.valueOf(peak) : null,
                rss,
                anon,
                threads,
                files,
                maps);
    }
}
