package io.millrace.broker.pull;

import io.millrace.broker.shard.DataShardListener;
import io.millrace.broker.shard.DataShardView;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls what one shard replica misses, as long as it misses anything and lives. Takes a thread only
 * while there is something to pull. Thread-safe.
 */
public final class Puller implements DataShardListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Puller.class);

    private static final long AFTER_BUG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final DataShardView shard;
    private final Executor threads;
    private final HoleFiller filler;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean stopped;
    private boolean running;
    private boolean woken;

    /**
     * A puller that does nothing before {@link #start}.
     *
     * @param source how other brokers are asked
     * @param nodes the node ids of the brokers with another replica of the shard that are believed
     *     to live, the preferred first; asked again and again, must not block
     * @param throttle shared by all replicas of this broker
     * @param threads gives a thread to each task at once; a task may take hours
     * @param nanoTime the monotonic clock, in nanoseconds
     */
    public Puller(
            DataShardView shard,
            PullSource source,
            Supplier<List<Integer>> nodes,
            PullThrottle throttle,
            Executor threads,
            LongSupplier nanoTime) {
        this.shard = shard;
        this.threads = threads;
        this.filler = new HoleFiller(shard, source, nodes, throttle, () -> stopped, nanoTime);
    }

    /** Begins to listen, and to pull if anything is missing. */
    public void start() {
        shard.addListener(this);
        if (!shard.isWhole()) {
            recordsMissing();
        }
    }

    /** How far it is. */
    public PullProgress progress() {
        return filler.progress();
    }

    @Override
    public void recordsMissing() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
            if (running || stopped) {
                return;
            }
            running = true;
        } finally {
            lock.unlock();
        }
        try {
            threads.execute(this::run);
        } catch (RejectedExecutionException e) {
            LOG.info("Shard {} pulls nothing any more: the broker stops", shard.shardId());
            end();
        }
    }

    private void run() {
        LOG.info(
                "Shard {} begins to pull {} missing records",
                shard.shardId(),
                shard.missingRecords());
        filler.begin();
        try {
            while (await(step())) {
                // On to the next chunk.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
        PullProgress done = filler.progress();
        LOG.info(
                "Shard {} ends pulling: {} records, {} bytes",
                shard.shardId(),
                done.pulledRecords(),
                done.pulledBytes());
    }

    private long step() {
        try {
            return filler.step();
        } catch (RuntimeException e) {
            // A replica that gave up would never be whole, and nobody would know why.
            LOG.error("Shard {} cannot pull, and will try again", shard.shardId(), e);
            return AFTER_BUG_NANOS;
        }
    }

    /** False if there is nothing more to do. */
    private boolean await(long nanos) throws InterruptedException {
        lock.lock();
        try {
            if (stopped || nanos == HoleFiller.NOTHING_MISSING && !woken) {
                running = false;
                return false;
            }
            if (nanos > 0 && !woken) {
                changed.awaitNanos(nanos);
            }
            woken = false;
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            running = false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops. When it returns, the logs are not touched any more; what is being fetched is thrown
     * away when it comes.
     */
    @Override
    public void close() {
        shard.removeListener(this);
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        filler.awaitFill();
    }
}
