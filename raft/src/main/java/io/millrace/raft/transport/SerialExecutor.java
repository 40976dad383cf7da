package io.millrace.raft.transport;

import com.alipay.sofa.jraft.util.concurrent.SingleThreadExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one task after the other on threads that it shares. Never rejects while they run: a rejected
 * callback stops jraft's replication for good. What waits is bounded by what jraft has in flight.
 */
final class SerialExecutor implements SingleThreadExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

    /** So many in a row, then another row may have the thread. */
    private static final int TURN = 16;

    private final Executor pool;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    SerialExecutor(Executor pool) {
        this.pool = pool;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        start();
    }

    private void start() {
        try {
            pool.execute(this::run);
        } catch (RejectedExecutionException e) {
            // The network is closed, and all that was in flight has failed or fails now.
            LOG.debug("Callbacks run on their caller's thread, the network is closed");
            run();
        }
    }

    private void run() {
        for (int i = 0; i < TURN; i++) {
            Runnable task;
            synchronized (this) {
                task = tasks.poll();
                if (task == null) {
                    running = false;
                    return;
                }
            }
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.error("A callback of the Raft library failed", e);
            }
        }
        start();
    }

    @Override
    public boolean shutdownGracefully() {
        return true;
    }

    @Override
    public boolean shutdownGracefully(long timeout, TimeUnit unit) {
        return true;
    }
}
