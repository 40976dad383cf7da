package io.millrace.perf.load;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something unless it is closed in time. Thread-safe. */
final class Deadline implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Starts to count.
     *
     * @param over runs on a thread of its own
     */
    Deadline(Duration time, Runnable over) {
        Thread thread =
                new Thread(
                        () -> {
                            if (!isClosedWithin(time)) {
                                over.run();
                            }
                        },
                        "millrace-load-deadline");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private boolean isClosedWithin(Duration time) {
        try {
            return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }
}
