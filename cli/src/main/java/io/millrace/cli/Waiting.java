package io.millrace.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says on stderr what is waited for, once, if it takes longer than a few seconds. */
final class Waiting implements AutoCloseable {
    private final CountDownLatch over = new CountDownLatch(1);

    Waiting(final PrintStream err, final Duration quiet, final Supplier<String> text) {
        final Thread thread =
                new Thread(
                        () -> {
                            try {
                                if (!over.await(quiet.toMillis(), TimeUnit.MILLISECONDS)) {
                                    err.println(text.get());
                                }
                            } catch (final InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "millrace-waiting");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        over.countDown();
    }
}
