package io.millrace.broker.coordinator;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which they came, on threads that it shares with
 * others. What one task writes the next one sees. Thread-safe; nothing blocks.
 *
 * <p>Who gives tasks bounds them: one for each open stream and for each kind of event.
 */
final class TaskLane {

    /** After so many tasks others have a turn on the thread. */
    private static final int TURN = 64;

    private static final Logger LOG = LoggerFactory.getLogger(TaskLane.class);

    private final Executor executor;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    TaskLane(Executor executor) {
        this.executor = executor;
    }

    /** Runs a task, after those that came before; never, if the broker's threads are gone. */
    void run(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            schedule();
        }
    }

    private void schedule() {
        try {
            executor.execute(this::turn);
        } catch (RejectedExecutionException e) {
            LOG.debug("a task of a coordinator comes too late, the broker stops", e);
        }
    }

    private void turn() {
        int done = 0;
        try {
            while (done < TURN) {
                Runnable task = tasks.poll();
                if (task == null) {
                    break;
                }
                done++;
                runOne(task);
            }
        } finally {
            // After an Error, too: else nobody would ever be answered again.
            if (waiting.addAndGet(-done) != 0) {
                schedule();
            }
        }
    }

    private static void runOne(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // The others must go on; what this one was about is tried again, or its lease ends.
            LOG.error("a task of a coordinator failed in a way that nobody foresaw", e);
        }
    }
}
