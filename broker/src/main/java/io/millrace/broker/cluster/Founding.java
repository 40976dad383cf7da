package io.millrace.broker.cluster;

import io.millrace.broker.cluster.FoundingDecision.Wait;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Greets the seeds until it is clear whether this broker founds a cluster or joins one. The peer
 * port must answer greetings already. Run by one thread; {@link #stop} may come from another.
 */
public final class Founding {

    private static final Logger LOG = LoggerFactory.getLogger(Founding.class);
    private static final long FIRST_PAUSE_MS = 50;
    private static final long MAX_PAUSE_MS = 1_000;
    private static final long SAY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SAY_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final SeedRound seeds;
    private final FoundingRounds rounds;
    private final LongSupplier nanoTime;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param self this broker, in no cluster yet
     * @param ownAddress what others are told of its peer port, host:port
     */
    public Founding(Introduction self, String ownAddress, Peers peers, LongSupplier nanoTime) {
        this.seeds = new SeedRound(self, peers);
        this.rounds = new FoundingRounds(self, ownAddress);
        this.nanoTime = nanoTime;
    }

    /**
     * Waits for a decision: Found, Join or Refused. Blocks, for ever if need be, and says after a
     * second, and then every 5 s, whom it waits for and why.
     *
     * @throws InterruptedException if it was stopped, or the thread interrupted
     */
    public FoundingDecision await() throws InterruptedException {
        long pauseMs = FIRST_PAUSE_MS;
        long sayAt = nanoTime.getAsLong() + SAY_AFTER_NANOS;
        while (true) {
            FoundingDecision decision = rounds.next(greetAll());
            if (!(decision instanceof Wait wait)) {
                return decision;
            }
            long now = nanoTime.getAsLong();
            if (now - sayAt >= 0) {
                LOG.info("waiting to found or join a cluster: {}", wait.reason());
                sayAt = now + SAY_EVERY_NANOS;
            }
            if (stopped.await(pauseMs, TimeUnit.MILLISECONDS)) {
                throw new InterruptedException(
                        "stopped while it waited to found or join a cluster: " + wait.reason());
            }
            pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2);
        }
    }

    /** Ends the wait. */
    public void stop() {
        stopped.countDown();
    }

    private List<SeedAnswer> greetAll() {
        return seeds.greetAll().stream().map(CompletableFuture::join).toList();
    }
}
