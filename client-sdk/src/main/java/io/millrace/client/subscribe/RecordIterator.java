package io.millrace.client.subscribe;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;

/** Gives record after record of a subscriber, waiting for each. For one thread at a time. */
final class RecordIterator implements Iterator<ReceivedRecord> {
    private final Subscriber subscriber;
    private final BooleanSupplier closed;
    private final Duration pollTime;
    private Iterator<ReceivedRecord> polled = List.<ReceivedRecord>of().iterator();

    RecordIterator(Subscriber subscriber, BooleanSupplier closed, Duration pollTime) {
        this.subscriber = subscriber;
        this.closed = closed;
        this.pollTime = pollTime;
    }

    @Override
    public boolean hasNext() {
        while (!polled.hasNext()) {
            if (closed.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                return false;
            }
            polled = subscriber.poll(pollTime).iterator();
        }
        return true;
    }

    @Override
    public ReceivedRecord next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the subscriber is closed");
        }
        return polled.next();
    }
}
