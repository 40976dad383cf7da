package io.millrace.cli.publish;

import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Publishes lines until there are no more or one is refused, and counts what became of each.
 *
 * <p>Lines are read on a thread of their own, because a read from a pipe cannot be interrupted:
 * when a record is refused while the next line has not come yet, whoever waits in {@link #await}
 * goes on at once. What waits for its answer is bounded by the publisher's memory.
 */
final class LinePublisher {
    private final LineReader lines;
    private final RecordTemplate template;
    private final Publisher publisher;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong notApplied = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    LinePublisher(
            final LineReader lines, final RecordTemplate template, final Publisher publisher) {
        this.lines = lines;
        this.template = template;
        this.publisher = publisher;
    }

    /** Starts to read. Called once. */
    void start() {
        final Thread reader = new Thread(this::read, "millrace-publish-lines");
        reader.setDaemon(true);
        reader.start();
    }

    /** Whether all lines are read, or reading has stopped; waits for it up to the time given. */
    boolean await(final Duration time) throws InterruptedException {
        return ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops reading because of a failure; the first one counts. */
    void stop(final RuntimeException reason) {
        failure.compareAndSet(null, reason);
        ended.countDown();
    }

    /** Why reading stopped; null if all lines were read. */
    RuntimeException failure() {
        return failure.get();
    }

    /** What is known so far. */
    PublishSummary summary() {
        return new PublishSummary(acknowledged.get(), notApplied.get(), unknown.get());
    }

    /** Records that wait for their answer. */
    long waiting() {
        return sent.get() - acknowledged.get() - notApplied.get() - unknown.get();
    }

    private void read() {
        try {
            byte[] line = lines.next();
            while (line != null && failure.get() == null) {
                publish(line);
                line = lines.next();
            }
            ended.countDown();
        } catch (final IOException e) {
            stop(new java.io.UncheckedIOException(e));
        } catch (final RuntimeException e) {
            stop(e);
        }
    }

    private void publish(final byte[] line) {
        final var record = template.record(line, lines.line());
        sent.incrementAndGet();
        try {
            publisher.publish(record).whenComplete(this::count);
        } catch (final RuntimeException e) {
            count(null, e);
        }
    }

    private void count(final PublishedRecord stored, final Throwable e) {
        if (e == null) {
            acknowledged.incrementAndGet();
            return;
        }
        final Throwable cause = e instanceof CompletionException ? e.getCause() : e;
        final boolean certain =
                cause instanceof MillraceException known
                                && known.outcome() == WriteOutcome.NOT_APPLIED
                        // The publisher was closed before it took the record.
                        || cause instanceof IllegalStateException;
        (certain ? notApplied : unknown).incrementAndGet();
        stop(
                cause instanceof RuntimeException known
                        ? known
                        : new IllegalStateException("a record failed", cause));
    }
}
