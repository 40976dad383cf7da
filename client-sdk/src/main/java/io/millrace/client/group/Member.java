package io.millrace.client.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.membership.Membership;
import io.millrace.client.membership.Signal;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.PartitionFeed;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.v1.MemberProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * A member of a group as both styles of subscribers use it: gives records of what is held, and
 * commits. What is held is changed by {@link Reconciler}. Thread-safe but for {@link #take}.
 *
 * <p>Locks, in this order: the gate, so that what is held and what is read change together and not
 * while records are taken; the lock of the state; those of the feed and of the membership. Nobody
 * waits for anything else while holding one.
 */
final class Member implements AutoCloseable {
    private static final long CLOSE_SPARE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Cluster cluster;
    private final GroupOptions options;
    private final LongSupplier nanoTime;
    private final Signal news = new Signal();
    private final ReentrantLock gate = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<TopicPartition, Held> held = new TreeMap<>();
    private final PartitionFeed feed;
    private final Membership membership;
    private final Commits commits;
    private final Reconciler reconciler;
    private final boolean tracked;
    private volatile RuntimeException failure;
    private volatile boolean closing;
    private volatile Thread taker;
    private volatile long takenNanos;

    /**
     * @param tracked whether each record is reported when it is finished
     */
    Member(
            Cluster cluster,
            GroupOptions options,
            boolean tracked,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.cluster = cluster;
        this.options = options;
        this.tracked = tracked;
        this.nanoTime = nanoTime;
        this.takenNanos = nanoTime.getAsLong();
        this.feed = PartitionFeed.open(cluster, options.feed(), news::fire);
        this.membership =
                new Membership(
                        cluster, options.terms(), this::progress, news::fire, nanoTime, random);
        this.commits = new Commits(this, membership, cluster);
        this.reconciler = new Reconciler(this, membership, feed, commits, cluster);
    }

    /** Joins; returns at once. */
    void start() {
        membership.start();
        reconciler.start();
        if (options.autoCommitNanos() > 0) {
            cluster.after(options.autoCommitNanos(), this::commitNow);
        }
    }

    /**
     * Gives what has come, waiting for the first record. For one thread at a time.
     *
     * @param each is given each record and the stay that it belongs to, under the lock
     * @throws RuntimeException why it cannot go on
     */
    void take(Duration timeout, BiConsumer<Held, ReceivedRecord> each) {
        taker = Thread.currentThread();
        takenNanos = nanoTime.getAsLong();
        long deadline = takenNanos + timeout.toNanos();
        try {
            while (!closing) {
                long seen = news.count();
                if (failure != null) {
                    throw failure;
                }
                if (!membership.isLost() && takeNow(each) > 0) {
                    return;
                }
                long left = deadline - nanoTime.getAsLong();
                if (left <= 0) {
                    return;
                }
                news.await(seen, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            takenNanos = nanoTime.getAsLong();
        }
    }

    private int takeNow(BiConsumer<Held, ReceivedRecord> each) {
        gate.lock();
        try {
            List<ReceivedRecord> records = feed.take();
            int given = 0;
            lock.lock();
            try {
                // By the clock, after everything else: this process may have stood still.
                if (membership.isLost()) {
                    return 0;
                }
                for (ReceivedRecord record : records) {
                    Held stay = held.get(record.topicPartition());
                    if (stay != null && stay.state() == Held.State.ACTIVE) {
                        stay.gave(record.offset());
                        each.accept(stay, record);
                        given++;
                    }
                }
                passOver();
            } finally {
                lock.unlock();
            }
            return given;
        } finally {
            gate.unlock();
        }
    }

    /** What the filter has left out up to what was taken counts as given. Under the locks. */
    private void passOver() {
        if (options.feed().filter().isEmpty()) {
            return;
        }
        feed.progress()
                .forEach(
                        (partition, progress) -> {
                            Held stay = held.get(partition);
                            if (stay != null
                                    && stay.state() == Held.State.ACTIVE
                                    && progress.filtered() > 0) {
                                stay.passed(progress.position());
                            }
                        });
    }

    /** The user is through with everything that was given. */
    void finishedAll() {
        lock.lock();
        try {
            held.values().forEach(Held::finishedAll);
            if (options.autoCommitNanos() > 0) {
                commits.forgetLost();
            }
        } finally {
            lock.unlock();
        }
        news.fire();
    }

    /** A handler wants to begin with a record; false: it is not to be processed any more. */
    boolean begin(Held stay) {
        lock.lock();
        try {
            return failure == null && !closing && !membership.isLost() && stay.begin();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a record that was begun is to stay in work: nobody waits for its partition. */
    boolean isOurs(Held stay) {
        lock.lock();
        try {
            return stay.state() == Held.State.ACTIVE && !membership.isLost();
        } finally {
            lock.unlock();
        }
    }

    /** A handler is through with a record, or has given it up. */
    void ended(Held stay, long offset, boolean finished) {
        boolean wake;
        lock.lock();
        try {
            if (finished) {
                stay.finished(offset);
            } else {
                stay.aborted();
            }
            wake = stay.state() == Held.State.REVOKING && !stay.isBusy();
        } finally {
            lock.unlock();
        }
        if (wake) {
            news.fire();
        }
    }

    Commits commits() {
        return commits;
    }

    /** Waits for a commit. */
    void await(CompletableFuture<Void> commit) {
        commits.await(commit, options.requestTimeoutNanos());
    }

    /** What is held and given. */
    Set<TopicPartition> assignment() {
        lock.lock();
        try {
            Set<TopicPartition> partitions = new HashSet<>();
            held.values().stream()
                    .filter(it -> !it.isGivenUp() && it.wasTold())
                    .forEach(it -> partitions.add(it.partition()));
            return partitions;
        } finally {
            lock.unlock();
        }
    }

    /** The number of the stay in a partition; empty: it is not held. */
    OptionalLong assignmentEpoch(TopicPartition partition) {
        lock.lock();
        try {
            Held stay = held.get(partition);
            return stay == null || stay.isGivenUp() || !stay.wasTold()
                    ? OptionalLong.empty()
                    : OptionalLong.of(stay.wire().getAssignmentEpoch());
        } finally {
            lock.unlock();
        }
    }

    void setPaused(Collection<TopicPartition> partitions, boolean paused) {
        lock.lock();
        try {
            for (TopicPartition partition : partitions) {
                Held stay = held.get(partition);
                if (stay == null || stay.isGivenUp()) {
                    throw new IllegalArgumentException(partition + " is not held by this member");
                }
            }
            for (TopicPartition partition : partitions) {
                Held stay = held.get(partition);
                stay.setPaused(paused);
                feed.setPaused(partition, paused || reconciler.isGroupPaused());
            }
        } finally {
            lock.unlock();
        }
    }

    /** It cannot go on. */
    void fail(RuntimeException why) {
        if (failure == null) {
            failure = why;
        }
        news.fire();
    }

    RuntimeException failure() {
        return failure;
    }

    boolean isClosing() {
        return closing;
    }

    @Override
    public void close() {
        // Whoever polls and closes is through; whoever closes from elsewhere waits for the other.
        Thread polling = taker;
        boolean byTaker =
                polling == null || polling == Thread.currentThread() || !polling.isAlive();
        reconciler.beginClose(nanoTime.getAsLong() + options.closeTimeoutNanos(), byTaker);
        closing = true;
        news.fire();
        if (!reconciler.isOwnThread()) {
            try {
                reconciler
                        .ended()
                        .get(options.closeTimeoutNanos() + CLOSE_SPARE_NANOS, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                // The lease ends what could not be ended in time.
                reconciler.abandon();
            }
            end();
        }
    }

    /** Ends everything without a word to anybody. */
    void end() {
        feed.close();
        membership.close();
    }

    private void commitNow() {
        if (!closing && !cluster.isClosed()) {
            commits.auto();
            cluster.after(options.autoCommitNanos(), this::commitNow);
        }
    }

    private List<MemberProgress> progress() {
        boolean idle =
                nanoTime.getAsLong() - takenNanos > TimeUnit.SECONDS.toNanos(1) && failure == null;
        Map<TopicPartition, PartitionFeed.Progress> all = feed.progress();
        lock.lock();
        try {
            List<MemberProgress> told = new ArrayList<>();
            for (Held stay : held.values()) {
                PartitionFeed.Progress read = all.get(stay.partition());
                if (stay.state() == Held.State.ACTIVE && read != null) {
                    told.add(
                            MemberProgress.newBuilder()
                                    .setPartition(stay.wire())
                                    .setPosition(read.position())
                                    .setOutOfCredit(idle && read.waits())
                                    .setPaused(stay.isPaused())
                                    .setDelivered(stay.givenCount())
                                    .setFiltered(read.filtered())
                                    .setFilter(options.feed().filter())
                                    .build());
                }
            }
            return told;
        } finally {
            lock.unlock();
        }
    }

    GroupOptions options() {
        return options;
    }

    boolean isTracked() {
        return tracked;
    }

    Signal news() {
        return news;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    /** What is held, by partition. Guarded by {@link #lock}. */
    Map<TopicPartition, Held> held() {
        return held;
    }

    ReentrantLock gate() {
        return gate;
    }

    ReentrantLock lock() {
        return lock;
    }
}
