package io.millrace.client.queue;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.membership.Signal;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.HeldPartition;
import io.millrace.v1.MemberProgress;
import io.millrace.v1.QueueDelivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deliveries between the brokers and the user: what has come and waits, and what is said of them.
 * Deliveries outlive streams, and stays: a leader knows them by the member. Thread-safe; nothing
 * blocks.
 */
final class Receiving implements LeasedDelivery.Speaker, ReceiveStreams.Owner {
    private static final Logger log = LoggerFactory.getLogger(Receiving.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final Duration DAMAGED_DELAY = Duration.ofSeconds(5);

    private final Cluster cluster;
    private final Signal news;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final CreditPool pool;
    private final DeliveryBuffer buffer;
    private final ReceiveStreams streams;
    private final List<Word> homeless = new ArrayList<>();
    private MillraceException failure;
    private boolean paused;
    private boolean closing;
    private boolean over;
    private boolean closed;

    Receiving(
            Cluster cluster,
            QueueOptions options,
            Signal news,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.cluster = cluster;
        this.news = news;
        this.nanoTime = nanoTime;
        this.pool = new CreditPool(options.prefetchRecords(), options.prefetchBytes());
        this.buffer = new DeliveryBuffer(pool);
        this.streams = new ReceiveStreams(cluster, options, this, pool, nanoTime, random);
    }

    void start() {
        cluster.after(TICK_NANOS, this::tick);
    }

    /** Takes the coordinator's word for a stay. */
    void follow(long memberEpoch, Collection<HeldPartition> assigned, boolean groupPaused) {
        lock.lock();
        try {
            if (closed || failure != null) {
                return;
            }
            paused = groupPaused;
            streams.follow(memberEpoch, assigned);
            streams.allowMore();
        } finally {
            lock.unlock();
        }
    }

    /** There is no stay: nothing comes until there is another one. */
    void suspend() {
        lock.lock();
        try {
            streams.suspend();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes what waits.
     *
     * @throws MillraceException why nothing can be received any more
     */
    List<LeasedDelivery> take(int most) {
        List<DeliveryBuffer.Taken> taken = new ArrayList<>();
        for (Parcel unread = next(taken, most); unread != null; unread = next(taken, most)) {
            read(unread);
        }
        for (DeliveryBuffer.Taken one : taken) {
            if (one.old()) {
                one.delivery().renew();
            }
        }
        return taken.stream().map(DeliveryBuffer.Taken::delivery).toList();
    }

    private Parcel next(List<DeliveryBuffer.Taken> taken, int most) {
        lock.lock();
        try {
            if (failure != null && taken.isEmpty()) {
                throw failure;
            }
            if (paused || closing) {
                return null;
            }
            int before = taken.size();
            Parcel unread = buffer.take(taken, most, nanoTime.getAsLong());
            taken.subList(before, taken.size()).forEach(it -> it.delivery().source().gave());
            streams.allowMore();
            return unread;
        } finally {
            lock.unlock();
        }
    }

    /** Outside the lock: batches may be compressed. */
    private void read(Parcel parcel) {
        MillraceException damage = null;
        try {
            parcel.read();
        } catch (MillraceException e) {
            log.warn("deliveries are put off: {}", e.getMessage());
            damage = e;
        }
        lock.lock();
        try {
            if (damage != null) {
                String reason = damage.getMessage();
                buffer.drain(parcel).forEach(it -> it.nack(DAMAGED_DELAY, reason));
            } else if (over) {
                giveBack(buffer.drain(parcel));
            } else {
                buffer.putBack(parcel);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void say(Word word) {
        Runnable told = () -> {};
        lock.lock();
        try {
            ReceiveStream stream = word.delivery().source().stream();
            if (failure != null) {
                told = word.refused(failure);
            } else if (closed) {
                told = word.refused(isClosed());
            } else if (stream == null && word.isReturn()) {
                told = word.refused(expired(word));
            } else if (stream == null) {
                homeless.add(word);
            } else if (stream.outbox().add(word) >= Outbox.MAX_TOGETHER) {
                stream.flush(nanoTime.getAsLong());
            } else if (stream.beginFlush()) {
                cluster.after(FLUSH_NANOS, () -> flush(stream));
            }
        } finally {
            lock.unlock();
        }
        told.run();
    }

    private void flush(ReceiveStream stream) {
        lock.lock();
        try {
            stream.flush(nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(List<LeasedDelivery> deliveries) {
        deliveries.forEach(LeasedDelivery::giveBack);
    }

    private void tick() {
        List<Runnable> told = new ArrayList<>();
        lock.lock();
        try {
            if (closed) {
                return;
            }
            // First: what is given back now is said on streams that last.
            streams.beat();
            long now = nanoTime.getAsLong();
            giveBack(buffer.drainOld(now));
            for (Iterator<Word> all = homeless.iterator(); all.hasNext(); ) {
                Word word = all.next();
                if (word.delivery().deadlineNanos() - now <= 0) {
                    all.remove();
                    told.add(word.refused(expired(word)));
                }
            }
            streams.allowMore();
            cluster.after(TICK_NANOS, this::tick);
        } finally {
            lock.unlock();
        }
        told.forEach(Runnable::run);
        news.fire();
    }

    /** What the heartbeats tell. */
    List<MemberProgress> progress(boolean idle) {
        lock.lock();
        try {
            boolean outOfCredit = idle && !paused && !buffer.isEmpty();
            List<MemberProgress> all = new ArrayList<>();
            for (QueueSource source : streams.sources()) {
                all.add(
                        MemberProgress.newBuilder()
                                .setPartition(source.wire())
                                .setOutOfCredit(outOfCredit)
                                .setDelivered(source.delivered())
                                .build());
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** What it receives from. */
    List<QueueSource> sources() {
        lock.lock();
        try {
            return List.copyOf(streams.sources());
        } finally {
            lock.unlock();
        }
    }

    /** Gives nothing more, and no credit. What was taken can still be settled. */
    void beginClose() {
        lock.lock();
        try {
            closing = true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether everything that was settled is answered. */
    boolean isSettled() {
        lock.lock();
        try {
            return homeless.isEmpty() && streams.areSettled();
        } finally {
            lock.unlock();
        }
    }

    /** Gives back what waits, and says that nothing more will be said. */
    void sayLast() {
        lock.lock();
        try {
            over = true;
            giveBack(buffer.drain());
            // At once: what was given back is not to come here again.
            streams.sayLast();
        } finally {
            lock.unlock();
        }
    }

    /** Whether no stream is left. */
    boolean isOver() {
        lock.lock();
        try {
            return streams.areOver();
        } finally {
            lock.unlock();
        }
    }

    /** Ends everything without a word. */
    void close() {
        List<Runnable> told = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            closing = true;
            streams.close();
            homeless.forEach(word -> told.add(word.refused(isClosed())));
            homeless.clear();
        } finally {
            lock.unlock();
        }
        told.forEach(Runnable::run);
        news.fire();
    }

    /** It cannot go on. */
    void fail(MillraceException why) {
        List<Runnable> told = new ArrayList<>();
        lock.lock();
        try {
            if (failure == null && !closed) {
                failure = why;
                streams.close();
                homeless.forEach(word -> told.add(word.refused(why)));
                homeless.clear();
            }
        } finally {
            lock.unlock();
        }
        // Not here: whoever finds out may hold the lock.
        ForkJoinPool.commonPool().execute(() -> told.forEach(Runnable::run));
        news.fire();
    }

    @Override
    public ReentrantLock lock() {
        return lock;
    }

    @Override
    public boolean givesCredit() {
        return !paused && !closing && failure == null;
    }

    @Override
    public void arrived(ReceiveStream stream, QueueSource source, QueueDelivery message) {
        int records = message.getRecordsCount();
        pool.arrived(stream.line(), records, message.getBatch().size());
        if (source == null || records == 0 || over) {
            pool.taken(stream.line(), records, message.getBatch().size());
            return;
        }
        Parcel parcel =
                new Parcel(
                        this,
                        source,
                        stream.line(),
                        message,
                        stream.leaseMs(),
                        nanoTime.getAsLong());
        // A broker cannot be told to stop: what comes while the group is paused is kept.
        buffer.add(parcel);
    }

    @Override
    public void released(List<Word> words) {
        // What was not begun is delivered again anyway.
        words.stream().filter(word -> !word.isReturn()).forEach(homeless::add);
    }

    @Override
    public List<Word> claimed(ReceiveStream by) {
        List<Word> words = new ArrayList<>();
        homeless.removeIf(it -> it.delivery().source().stream() == by && words.add(it));
        return words;
    }

    @Override
    public void changed() {
        news.fire();
    }

    @Override
    public void failed(MillraceException why) {
        fail(why);
    }

    private static MillraceException isClosed() {
        return MillraceException.of(
                ErrorCode.NOT_READY,
                "the receiver is closed; what was not settled is delivered again");
    }

    private static MillraceException expired(Word word) {
        return MillraceException.of(
                ErrorCode.DELIVERY_EXPIRED,
                "the lease of offset "
                        + word.name().getOffset()
                        + " of "
                        + word.delivery().source().partition()
                        + " has run out while its leader could not be reached");
    }
}
