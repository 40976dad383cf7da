package io.millrace.perf.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C or SIGTERM end a run in order: what was measured is told and the topic is removed.
 * Closed when all that is done. Thread-safe.
 */
final class StopSignal implements AutoCloseable {
    private static final long PATIENCE_S = 30;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "millrace-bench-stop");
    private volatile boolean stopped;

    StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether the run is to end. */
    boolean isStopped() {
        return stopped;
    }

    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook has just been released.
            return;
        }
    }

    private void stop() {
        stopped = true;
        try {
            finished.await(PATIENCE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
