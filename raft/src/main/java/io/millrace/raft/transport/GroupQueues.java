package io.millrace.raft.transport;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that wait to be handled, in order within their Raft group, while the groups do not wait
 * for each other. Bounded in bytes per group and altogether. Thread-safe; never blocks.
 */
final class GroupQueues {

    private static final Logger LOG = LoggerFactory.getLogger(GroupQueues.class);

    /** So many in a row, then another group may have the thread. */
    private static final int TURN = 16;

    private final Executor pool;
    private final long groupBytes;
    private final long totalBytes;

    /** Only groups that have something to do. */
    private final Map<String, Group> groups = new HashMap<>();

    private long waitingBytes;

    private record Task(int bytes, Runnable action) {}

    private static final class Group {
        final Queue<Task> tasks = new ArrayDeque<>();
        long bytes;
    }

    GroupQueues(Executor pool, long groupBytes, long totalBytes) {
        this.pool = pool;
        this.groupBytes = groupBytes;
        this.totalBytes = totalBytes;
    }

    /**
     * @param bytes what the action keeps in memory until it has run
     * @return false if too much waits already; one request of a group is always taken
     */
    boolean submit(String name, int bytes, Runnable action) {
        synchronized (this) {
            Group group = groups.get(name);
            boolean first = group == null;
            if (!first && (group.bytes + bytes > groupBytes || waitingBytes + bytes > totalBytes)) {
                return false;
            }
            if (first) {
                group = new Group();
                groups.put(name, group);
            }
            group.tasks.add(new Task(bytes, action));
            group.bytes += bytes;
            waitingBytes += bytes;
            if (!first) {
                return true;
            }
        }
        return start(name);
    }

    private boolean start(String name) {
        try {
            pool.execute(() -> run(name));
            return true;
        } catch (RejectedExecutionException e) {
            // The network is being closed.
            synchronized (this) {
                waitingBytes -= groups.remove(name).bytes;
            }
            return false;
        }
    }

    private void run(String name) {
        for (int i = 0; i < TURN; i++) {
            Task task;
            synchronized (this) {
                task = groups.get(name).tasks.peek();
            }
            try {
                task.action().run();
            } catch (RuntimeException | Error e) {
                LOG.error("A request for group {} could not be handled", name, e);
            }
            if (!done(name, task)) {
                return;
            }
        }
        start(name);
    }

    /** Whether there is more to do. */
    private synchronized boolean done(String name, Task task) {
        Group group = groups.get(name);
        group.tasks.remove();
        group.bytes -= task.bytes();
        waitingBytes -= task.bytes();
        if (group.tasks.isEmpty()) {
            groups.remove(name);
            return false;
        }
        return true;
    }

    synchronized long waitingBytes() {
        return waitingBytes;
    }
}
