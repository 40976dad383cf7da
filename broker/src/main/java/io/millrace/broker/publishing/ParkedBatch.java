package io.millrace.broker.publishing;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The one batch of a stream that waits for room in the broker. Confined to its session's lock. */
final class ParkedBatch {

    private final PublishContext context;
    private final IncomingBatch batch;
    private ByteBudget.Waiter waiter;
    private ScheduledFuture<?> timeout;

    ParkedBatch(PublishContext context, IncomingBatch batch) {
        this.context = context;
        this.batch = batch;
    }

    IncomingBatch batch() {
        return batch;
    }

    /**
     * Takes the room that the batch needs, or stands in line for it until its deadline.
     *
     * @param granted called on another thread when it has the room
     * @param timedOut called on another thread when the deadline has passed
     * @return whether it must wait
     */
    boolean parks(Runnable granted, Runnable timedOut) {
        waiter = context.budget().acquire(batch.bytes(), granted);
        if (waiter == null) {
            return false;
        }
        long delay = batch.deadlineNanos() - context.nanoTime().getAsLong();
        timeout = context.timer().schedule(timedOut, Math.max(0, delay), TimeUnit.NANOSECONDS);
        return true;
    }

    void cancelTimeout() {
        timeout.cancel(false);
    }

    /** Leaves the line. Nothing happens if the room was granted already. */
    void leave() {
        context.budget().abandon(waiter);
    }
}
