package io.millrace.cli.subscribe;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets whoever presses Ctrl-C get whole records, and the member of a group leave it. */
final class Interruptible {
    private static final int FAREWELL_SECONDS = 5;

    private Interruptible() {}

    /**
     * Runs it, and after that, whatever became of it, something else. When the process is told to
     * end, it is stopped, and 5 s are left for both.
     */
    static void run(final Follower follower, final Runnable afterwards) throws IOException {
        final CountDownLatch over = new CountDownLatch(1);
        final Thread interrupted =
                new Thread(
                        () -> {
                            follower.stop();
                            awaitQuietly(over);
                        });
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            follower.run();
        } finally {
            try {
                afterwards.run();
            } finally {
                over.countDown();
                forget(interrupted);
            }
        }
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(final Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            // It runs already: the process is ending.
        }
    }
}
