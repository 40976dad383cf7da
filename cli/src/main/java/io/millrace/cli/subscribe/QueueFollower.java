package io.millrace.cli.subscribe;

import io.millrace.client.queue.Delivery;
import io.millrace.client.queue.QueueReceiver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/**
 * Prints what a member of a group in queue mode is given, and acknowledges it when stdout has taken
 * it. Used by one thread; {@link #stop} by any.
 */
final class QueueFollower implements Follower {
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final int BUFFER_BYTES = 256 << 10;

    private final QueueReceiver receiver;
    private final RecordPrinter printer;
    private final OutputStream out;
    private final BooleanSupplier atEnd;
    private long left;
    private long expired;
    private volatile boolean stopped;

    /**
     * @param limit how many records to print at most; unless it is beyond reach, the receiver gives
     *     one at a time
     * @param atEnd asked when no record comes: whether there is nothing more to do
     */
    QueueFollower(
            final QueueReceiver receiver,
            final RecordPrinter printer,
            final OutputStream out,
            final long limit,
            final BooleanSupplier atEnd) {
        this.receiver = receiver;
        this.printer = printer;
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
        this.left = limit;
        this.atEnd = atEnd;
    }

    @Override
    public void run() throws IOException {
        List<CompletableFuture<Void>> asked = List.of();
        try {
            boolean done = false;
            while (!done && !stopped && left > 0) {
                final List<Delivery> deliveries = receiver.receive(WAIT);
                for (final Delivery it : deliveries) {
                    printer.print(it.record(), out);
                    left--;
                }
                out.flush();
                // One round's answers are awaited while the next one is printed.
                final List<CompletableFuture<Void>> answers = new ArrayList<>();
                deliveries.forEach(it -> answers.add(it.ack()));
                await(asked);
                asked = answers;
                done = deliveries.isEmpty() && atEnd.getAsBoolean();
            }
        } finally {
            out.flush();
        }
        await(asked);
    }

    @Override
    public void stop() {
        stopped = true;
    }

    /** How many records were printed too late to be acknowledged: they are delivered again. */
    long expired() {
        return expired;
    }

    private void await(final List<CompletableFuture<Void>> answers) {
        for (final CompletableFuture<Void> answer : answers) {
            try {
                answer.join();
            } catch (final CompletionException e) {
                if (!(e.getCause() instanceof MillraceException known)) {
                    throw e;
                }
                if (known.code() != ErrorCode.DELIVERY_EXPIRED) {
                    throw known;
                }
                expired++;
            }
        }
    }
}
