package io.millrace.perf.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this process has cost since it started.
 *
 * @param cpuNanos of all threads
 * @param gcMs that collections took
 * @param collections how many
 */
record ProcessCost(long cpuNanos, long gcMs, long collections) {
    static ProcessCost now() {
        OperatingSystemMXBean system =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long ms = 0;
        long count = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ms += collector.getCollectionTime();
            count += collector.getCollectionCount();
        }
        return new ProcessCost(system.getProcessCpuTime(), ms, count);
    }

    LoadResult.Cost since(ProcessCost earlier) {
        return new LoadResult.Cost(
                (cpuNanos - earlier.cpuNanos) / 1e6,
                gcMs - earlier.gcMs,
                collections - earlier.collections);
    }
}
