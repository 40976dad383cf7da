package io.millrace.perf.compare;

import io.millrace.perf.compare.cluster.Children;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C or SIGTERM end a comparison in order: its thread is interrupted, and has a minute to
 * end what it started and to remove the data. What still runs then is killed. Thread-safe.
 */
final class Interruption implements AutoCloseable {
    private static final long PATIENCE_S = 60;

    private final Thread comparison = Thread.currentThread();
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile Children children;
    private final Thread hook = new Thread(this::stop, "millrace-compare-stop");

    /** For the thread that makes it. */
    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Tells whose processes must not outlive this one. */
    void guard(Children started) {
        children = started;
    }

    /** Tells that all is ended and removed. */
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
        comparison.interrupt();
        try {
            finished.await(PATIENCE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (children != null) {
            try {
                children.close();
            } catch (IOException e) {
                System.err.println("millrace: " + e.getMessage());
            }
        }
    }
}
