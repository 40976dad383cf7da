package io.millrace.tests.costs;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the threads of this process have allocated on the heap up to a moment. Threads that end
 * between two moments are not counted.
 */
final class AllocatedBytes {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Map<Long, Long> bytes = new HashMap<>();

    private AllocatedBytes() {}

    /** Up to now. */
    static AllocatedBytes now() {
        long[] ids = THREADS.getAllThreadIds();
        long[] counts = THREADS.getThreadAllocatedBytes(ids);
        AllocatedBytes now = new AllocatedBytes();
        for (int i = 0; i < ids.length; i++) {
            now.bytes.put(ids[i], Math.max(0, counts[i]));
        }
        return now;
    }

    /**
     * What was allocated since an earlier moment.
     *
     * @param names the threads that count
     */
    long since(AllocatedBytes earlier, Predicate<String> names) {
        long sum = 0;
        for (Map.Entry<Long, Long> thread : bytes.entrySet()) {
            ThreadInfo info = THREADS.getThreadInfo(thread.getKey());
            if (info != null && names.test(info.getThreadName())) {
                sum += thread.getValue() - earlier.bytes.getOrDefault(thread.getKey(), 0L);
            }
        }
        return sum;
    }
}
