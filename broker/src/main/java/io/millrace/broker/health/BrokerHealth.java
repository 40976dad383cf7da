package io.millrace.broker.health;

import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Whether the broker lives (nothing happened that only a restart can cure) and whether it is ready
 * (it is neither starting nor stopping, and none of its replicas has failed). Thread-safe.
 *
 * <p>What it cannot do for a while leaves it ready, and is told besides ({@link Degradation}): a
 * full disk, since reads are served and taking the broker out of rotation would not free a byte; a
 * shard without a leader, since every broker with a replica of it would be taken out at once, and
 * with them the reads that go on and all other shards.
 */
public final class BrokerHealth {

    private enum Phase {
        STARTING,
        SERVING,
        STOPPING
    }

    private final Supplier<? extends Collection<? extends Shard>> shards;
    private final Supplier<List<Degradation>> degradations;
    private final AtomicReference<String> fatal = new AtomicReference<>();
    private volatile Phase phase = Phase.STARTING;

    /**
     * @param shards the shard replicas on this broker, as they are when asked
     * @param degradations what it cannot do, when asked
     */
    public BrokerHealth(
            Supplier<? extends Collection<? extends Shard>> shards,
            Supplier<List<Degradation>> degradations) {
        this.shards = shards;
        this.degradations = degradations;
    }

    /** All parts are up. */
    public void serving() {
        phase = Phase.SERVING;
    }

    /** The broker has begun to stop; it never becomes ready again. */
    public void stopping() {
        phase = Phase.STOPPING;
    }

    /** Something happened that only a restart can cure. The first such reason is kept. */
    public void fatal(String reason) {
        fatal.compareAndSet(null, reason);
    }

    /** Why the process must be restarted; empty while it lives. */
    public Optional<String> fatalReason() {
        return Optional.ofNullable(fatal.get());
    }

    /** What the broker cannot do for now, though it may be ready; empty if nothing. */
    public List<Degradation> degradations() {
        return degradations.get();
    }

    /** Every reason why the broker is not ready; empty if it is. */
    public List<String> notReadyReasons() {
        List<String> reasons = new ArrayList<>();
        fatalReason().ifPresent(reasons::add);
        if (phase != Phase.SERVING) {
            reasons.add(
                    phase == Phase.STARTING ? "the broker is starting" : "the broker is stopping");
        }
        for (Shard shard : shards.get()) {
            ShardStatus status = shard.status();
            if (status.role() == ShardStatus.Role.FAILED) {
                reasons.add("shard " + status.shard() + " has failed: " + status.problem());
            }
        }
        return List.copyOf(reasons);
    }
}
