package io.millrace.client.subscribe;

import java.util.Iterator;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Records as a reactive stream for one subscriber, each signal from one thread of its own. */
final class RecordFlow implements Flow.Publisher<ReceivedRecord> {
    private final Iterator<ReceivedRecord> records;
    private final Function<Runnable, Thread> threads;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    RecordFlow(Iterator<ReceivedRecord> records, Function<Runnable, Thread> threads) {
        this.records = records;
        this.threads = threads;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ReceivedRecord> subscriber) {
        boolean first = subscribed.compareAndSet(false, true);
        Demand demand = new Demand();
        subscriber.onSubscribe(demand);
        if (!first) {
            subscriber.onError(
                    new IllegalStateException("this stream has a subscriber; it takes only one"));
            return;
        }
        threads.apply(() -> run(subscriber, demand)).start();
    }

    private void run(Flow.Subscriber<? super ReceivedRecord> subscriber, Demand demand) {
        try {
            while (demand.await()) {
                if (!records.hasNext()) {
                    subscriber.onComplete();
                    return;
                }
                subscriber.onNext(records.next());
            }
            if (demand.error != null) {
                subscriber.onError(demand.error);
            }
        } catch (Throwable e) {
            subscriber.onError(e);
        }
    }

    private static final class Demand implements Flow.Subscription {
        private long requested;
        private boolean cancelled;
        private IllegalArgumentException error;

        @Override
        public synchronized void request(long n) {
            if (n <= 0) {
                error = new IllegalArgumentException("request(" + n + "): ask for 1 or more");
                cancelled = true;
            } else {
                requested = requested + n < 0 ? Long.MAX_VALUE : requested + n;
            }
            notifyAll();
        }

        @Override
        public synchronized void cancel() {
            cancelled = true;
            notifyAll();
        }

        /** Waits for room for one record; false: the stream was cancelled. */
        synchronized boolean await() throws InterruptedException {
            while (requested == 0 && !cancelled) {
                wait();
            }
            if (cancelled) {
                return false;
            }
            requested--;
            return true;
        }
    }
}
