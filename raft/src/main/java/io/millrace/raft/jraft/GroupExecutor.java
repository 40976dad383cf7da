package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.util.NamedThreadFactory;
import com.alipay.sofa.jraft.util.ThreadPoolsFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where jraft runs the callbacks of all groups of this process. jraft's own executors reject when
 * they are busy, and a rejected callback stops a group's replication or heartbeats for good
 * (sofa-jraft issues 1271 and 1274). This one queues; what can be queued is bounded by the rings
 * and the proposals in flight that the callbacks belong to.
 *
 * <p>One per process and never closed, because jraft keeps an executor for a group's name for ever.
 */
final class GroupExecutor {

    /** Enough for the callbacks, and for nodes that wait in here while they close. */
    private static final int THREADS = Math.max(8, Runtime.getRuntime().availableProcessors());

    private static final ThreadPoolExecutor POOL = pool();
    private static final Set<String> REGISTERED = ConcurrentHashMap.newKeySet();

    private GroupExecutor() {}

    /** Has the group's callbacks run here. To be called before its node is made. */
    static void register(String group) {
        if (REGISTERED.add(group)) {
            ThreadPoolsFactory.registerThreadPool(group, POOL);
        }
    }

    private static ThreadPoolExecutor pool() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        30,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        new NamedThreadFactory("millrace-raft-callback-", true));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
