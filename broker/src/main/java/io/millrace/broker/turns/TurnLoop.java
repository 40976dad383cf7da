package io.millrace.broker.turns;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which they came, and after some of them the work
 * that they have made. Never two at once; what one writes the next one sees. On threads that it
 * shares with other loops, which have their turns between. Thread-safe; nothing blocks.
 *
 * <p>Who posts tasks bounds them: a few for each stream, each read, each entry under way and each
 * kind of event. One that fails is logged, and the next ones go on.
 */
public final class TurnLoop {

    private static final Logger LOG = LoggerFactory.getLogger(TurnLoop.class);

    private static final int TASKS_PER_TURN = 256;

    private final Executor executor;
    private final BooleanSupplier work;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger signals = new AtomicInteger();

    /** A loop of tasks alone. */
    public TurnLoop(Executor executor) {
        this(executor, () -> false);
    }

    /**
     * @param work a bounded piece of it; true if there is more to do at once
     */
    public TurnLoop(Executor executor, BooleanSupplier work) {
        this.executor = executor;
        this.work = work;
    }

    /** Runs a task, after those that came before; never, if the broker's threads are gone. */
    public void post(Runnable task) {
        tasks.add(task);
        signal();
    }

    /** Lets the work be looked at. */
    public void signal() {
        if (signals.getAndIncrement() == 0) {
            schedule();
        }
    }

    private void schedule() {
        try {
            executor.execute(this::turn);
        } catch (RejectedExecutionException e) {
            LOG.debug("a task comes too late, the broker stops", e);
        }
    }

    private void turn() {
        int seen = signals.get();
        for (int done = 0; done < TASKS_PER_TURN; done++) {
            Runnable task = tasks.poll();
            if (task == null) {
                break;
            }
            guarded(task);
        }
        boolean[] more = {!tasks.isEmpty()};
        guarded(() -> more[0] |= work.getAsBoolean());
        // Signals that came meanwhile are still counted.
        if (signals.addAndGet(more[0] ? 1 - seen : -seen) != 0) {
            schedule();
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // The others must go on; what this was about is tried again, or its lease runs out.
            LOG.error("a task failed in a way that nobody foresaw", e);
        }
    }
}
