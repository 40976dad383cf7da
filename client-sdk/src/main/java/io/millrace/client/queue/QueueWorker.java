package io.millrace.client.queue;

import io.millrace.client.record.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a group in queue mode that calls a handler. Made by {@link
 * QueueReceiverBuilder#handler}.
 *
 * <p>What the handler returns from is acknowledged; what it throws on is delivered again later;
 * {@link RejectRecordException} sends the record to the dead letters. While the handler runs, the
 * record's lease is renewed. Thread-safe.
 */
public final class QueueWorker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(QueueWorker.class);
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final long LOOK_MS = 100;
    private static final long SPARE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final QueueMember member;
    private final DeliveryHandler handler;
    private final WorkTerms terms;
    private final LeaseRenewal renewal;
    private final Semaphore free;
    private final BlockingQueue<LeasedDelivery> due = new LinkedBlockingQueue<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile RuntimeException failure;
    private volatile boolean stopped;

    QueueWorker(QueueMember member, DeliveryHandler handler, WorkTerms terms) {
        this.member = member;
        this.handler = handler;
        this.terms = terms;
        this.renewal =
                new LeaseRenewal(member.cluster()::after, member.nanoTime(), terms.maxProcessing());
        this.free = new Semaphore(terms.concurrency());
    }

    void start() {
        member.start();
        for (int i = 0; i < terms.concurrency(); i++) {
            terms.threads().newThread(this::work).start();
        }
        terms.threads().newThread(this::feed).start();
    }

    /**
     * Ends when the worker does: when it was closed, or with why it could not go on; it has left
     * the group then. An {@link Error} of the handler comes as an {@link IllegalStateException}
     * with it as the cause.
     */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** The partitions that it receives from: all of the topics that it follows. */
    public Set<TopicPartition> assignment() {
        return member.assignment();
    }

    /**
     * Begins with nothing more, waits for the records in work, up to the close timeout, and leaves
     * the group. What was not begun goes back to the group. Not to be called by the handler.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            awaitOther();
            return;
        }
        member.stop();
        try {
            long patience = member.options().closeTimeoutNanos();
            if (!free.tryAcquire(terms.concurrency(), patience, TimeUnit.NANOSECONDS)) {
                log.warn("closed while handlers are at work: their records are delivered again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        member.close();
        end();
    }

    private void awaitOther() {
        try {
            ended.get(2 * member.options().closeTimeoutNanos() + SPARE_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.debug("closed by somebody else: {}", e.toString());
        }
    }

    /** Takes as many deliveries as there are handlers free: none waits with its lease running. */
    private void feed() {
        try {
            while (!isOver()) {
                if (!free.tryAcquire(LOOK_MS, TimeUnit.MILLISECONDS)) {
                    continue;
                }
                int places = 1 + free.drainPermits();
                List<LeasedDelivery> taken = List.of();
                try {
                    taken = isOver() ? List.of() : member.receive(places, WAIT);
                } finally {
                    free.release(places - taken.size());
                }
                due.addAll(taken);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fail(e);
        } catch (Error e) {
            fail(new IllegalStateException("records can no longer be received", e));
            throw e;
        } finally {
            if (failure != null) {
                log.warn("a queue's handler stops: {}", failure.toString());
                // Whoever has failed leaves at once: others go on.
                close();
            }
        }
    }

    private void work() {
        try {
            while (!stopped) {
                LeasedDelivery delivery = due.poll(LOOK_MS, TimeUnit.MILLISECONDS);
                if (delivery != null) {
                    try {
                        process(delivery);
                    } finally {
                        free.release();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new IllegalStateException("a handler's thread was interrupted", e));
        }
    }

    private void process(LeasedDelivery delivery) throws InterruptedException {
        if (isOver()) {
            delivery.giveBack();
            return;
        }
        renewal.begin(delivery);
        try {
            handler.handle(delivery.record(), delivery.deliveryCount());
            settled(delivery, delivery.ack());
        } catch (RejectRecordException e) {
            settled(delivery, delivery.reject(e.getMessage()));
        } catch (InterruptedException e) {
            delivery.giveBack();
            throw e;
        } catch (Exception e) {
            settled(delivery, delivery.nack(terms.delay(delivery.deliveryCount()), e.toString()));
        } catch (Error e) {
            delivery.nack(terms.delay(delivery.deliveryCount()), e.toString());
            fail(
                    new IllegalStateException(
                            "the record at offset "
                                    + delivery.name().getOffset()
                                    + " of "
                                    + delivery.source().partition()
                                    + " could not be processed",
                            e));
            throw e;
        } finally {
            renewal.end(delivery);
        }
    }

    private static void settled(LeasedDelivery delivery, CompletableFuture<Void> answer) {
        answer.whenComplete(
                (done, problem) -> {
                    if (problem != null) {
                        log.debug(
                                "offset {} of {} may be delivered again: {}",
                                delivery.name().getOffset(),
                                delivery.source().partition(),
                                problem.toString());
                    }
                });
    }

    private boolean isOver() {
        return closing.get() || failure != null;
    }

    private void fail(RuntimeException why) {
        if (failure == null) {
            failure = why;
        }
        member.stop();
    }

    private void end() {
        stopped = true;
        if (failure == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(failure);
        }
    }
}
