package io.millrace.client.queue;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.membership.Membership;
import io.millrace.client.membership.Signal;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Assignment;
import io.millrace.v1.MemberProgress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a group in queue mode: attends, and receives what the coordinator says. What changes
 * is looked at on the client's timer. Thread-safe.
 */
final class QueueMember implements QueueReceiver {
    private static final Logger log = LoggerFactory.getLogger(QueueMember.class);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Cluster cluster;
    private final QueueOptions options;
    private final LongSupplier nanoTime;
    private final Signal news = new Signal();
    private final Receiving receiving;
    private final Membership membership;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicInteger takers = new AtomicInteger();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile long takenNanos;
    private volatile boolean stopped;

    QueueMember(
            Cluster cluster, QueueOptions options, LongSupplier nanoTime, RandomGenerator random) {
        this.cluster = cluster;
        this.options = options;
        this.nanoTime = nanoTime;
        this.takenNanos = nanoTime.getAsLong();
        this.receiving = new Receiving(cluster, options, news, nanoTime, random);
        this.membership =
                new Membership(
                        cluster, options.terms(), this::progress, this::lookSoon, nanoTime, random);
    }

    /** Joins; returns at once. */
    void start() {
        receiving.start();
        membership.start();
    }

    @Override
    public List<Delivery> receive(Duration timeout) {
        return List.copyOf(receive(options.maxRecords(), timeout));
    }

    /** As {@link #receive(Duration)}, with a bound of its own. */
    List<LeasedDelivery> receive(int most, Duration timeout) {
        takers.incrementAndGet();
        long deadline = nanoTime.getAsLong() + timeout.toNanos();
        try {
            while (!stopped) {
                long seen = news.count();
                List<LeasedDelivery> taken = receiving.take(most);
                long left = deadline - nanoTime.getAsLong();
                if (!taken.isEmpty() || left <= 0) {
                    return taken;
                }
                news.await(seen, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            takenNanos = nanoTime.getAsLong();
            takers.decrementAndGet();
        }
        return List.of();
    }

    /** Nothing more is received; whoever waits for it goes on. */
    void stop() {
        stopped = true;
        news.fire();
    }

    @Override
    public Set<TopicPartition> assignment() {
        Set<TopicPartition> all = new TreeSet<>();
        receiving.sources().forEach(source -> all.add(source.partition()));
        return all;
    }

    /** Maybe under the lock of the membership. */
    private void lookSoon() {
        if (looking.compareAndSet(false, true)) {
            cluster.after(0, this::look);
        }
    }

    private void look() {
        looking.set(false);
        MillraceException failure = membership.failure();
        if (failure != null) {
            receiving.fail(failure);
            return;
        }
        if (membership.isLost()) {
            receiving.suspend();
            if (!closing.get()) {
                membership.rejoin();
            }
            return;
        }
        long epoch = membership.memberEpoch();
        Assignment told = membership.assignment();
        if (epoch != 0 && told != null) {
            receiving.follow(epoch, told.getHeldList(), told.getPaused());
        }
    }

    private List<MemberProgress> progress() {
        boolean idle = takers.get() == 0 && nanoTime.getAsLong() - takenNanos > IDLE_NANOS;
        return receiving.progress(idle);
    }

    @Override
    public void close() {
        long deadline = nanoTime.getAsLong() + options.closeTimeoutNanos();
        if (!closing.compareAndSet(false, true)) {
            awaitOther();
            return;
        }
        stop();
        try {
            receiving.beginClose();
            if (!await(receiving::isSettled, deadline)) {
                log.warn(
                        "{}: closed before everything that was settled was answered; some records"
                                + " may be delivered again",
                        options.terms().group());
            }
            receiving.sayLast();
            long soon = nanoTime.getAsLong() + FAREWELL_NANOS;
            await(receiving::isOver, soon - deadline < 0 ? soon : deadline);
            long left = Math.max(1, deadline - nanoTime.getAsLong());
            membership.leave(List.of(), false).get(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The lease ends what could not be ended in time.
            log.debug("the coordinator has not heard the farewell: {}", e.toString());
        } finally {
            receiving.close();
            membership.close();
            ended.complete(null);
        }
    }

    private void awaitOther() {
        try {
            ended.get(options.closeTimeoutNanos() + FAREWELL_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.debug("another thread is still closing: {}", e.toString());
        }
    }

    private boolean await(BooleanSupplier condition, long deadline) throws InterruptedException {
        while (true) {
            long seen = news.count();
            if (condition.getAsBoolean()) {
                return true;
            }
            long left = deadline - nanoTime.getAsLong();
            if (left <= 0) {
                return false;
            }
            news.await(seen, left);
        }
    }

    Cluster cluster() {
        return cluster;
    }

    QueueOptions options() {
        return options;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }
}
