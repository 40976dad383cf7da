package io.millrace.broker.replicas;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ShardImage;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardMembers;
import io.millrace.raft.ShardStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands over the shards that are led here: one when it is told to, all before a stop. */
public final class Leadership {

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final int self;
    private final Supplier<ClusterImage> image;
    private final Supplier<? extends Collection<? extends Shard>> shards;
    private final IntFunction<ShardMembers> members;
    private final IntPredicate mayLead;
    private final long askAgainNanos;
    private final LongSupplier nanoTime;

    /**
     * @param shards the replicas of this broker
     * @param members the way to hand a shard over
     * @param mayLead whether another broker is alive and nothing speaks against its leading
     * @param askAgain after what time a successor that has not taken over is asked again
     */
    public Leadership(
            int self,
            Supplier<ClusterImage> image,
            Supplier<? extends Collection<? extends Shard>> shards,
            IntFunction<ShardMembers> members,
            IntPredicate mayLead,
            Duration askAgain,
            LongSupplier nanoTime) {
        this.self = self;
        this.image = image;
        this.shards = shards;
        this.members = members;
        this.mayLead = mayLead;
        this.askAgainNanos = askAgain.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * Hands a shard over because the controller's leader says so; nothing if it is not led here.
     */
    public void handOver(int number, int node, String why) {
        for (Shard shard : shards.get()) {
            if (shard.id() == number && shard.leadingTerm() != 0 && node != self) {
                handOver(shard, node, why);
            }
        }
    }

    /**
     * Hands everything over, before a planned stop. Blocks until nothing is led here, nobody can
     * take over what is left, or the time is over. Whoever does not take over in time is asked
     * again, or another one.
     *
     * @param why for the log
     */
    public void leaveAll(String why, Duration timeout) {
        long deadline = nanoTime.getAsLong() + timeout.toNanos();
        Map<Integer, Long> askAgainAt = new HashMap<>();
        while (nanoTime.getAsLong() - deadline < 0 && !Thread.currentThread().isInterrupted()) {
            boolean left = false;
            for (Shard shard : shards.get()) {
                left |= leave(shard, why, askAgainAt);
            }
            if (!left) {
                return;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Returns whether it is worth waiting: it is led here, and somebody could take over. */
    private boolean leave(Shard shard, String why, Map<Integer, Long> askAgainAt) {
        ShardStatus status = shard.status();
        if (status.role() != ShardStatus.Role.LEADER) {
            return false;
        }
        long now = nanoTime.getAsLong();
        Long again = askAgainAt.get(shard.id());
        if (again != null && now - again < 0) {
            return true;
        }
        Optional<Integer> successor = successor(shard.id(), status);
        successor.ifPresent(
                node -> {
                    askAgainAt.put(shard.id(), now + askAgainNanos);
                    handOver(shard, node, why);
                });
        return successor.isPresent();
    }

    private Optional<Integer> successor(int shard, ShardStatus status) {
        ClusterImage now = image.get();
        ShardImage wanted = now.shards().get(shard);
        if (wanted == null) {
            return Optional.empty();
        }
        List<Integer> preference =
                wanted.replicas().stream().map(ReplicaImage::nodeId).distinct().toList();
        Set<Integer> able =
                preference.stream()
                        .filter(node -> node != self && mayLead.test(node))
                        .filter(node -> isToLead(now, node))
                        .collect(Collectors.toSet());
        return LeaderChoice.successor(preference, able, self, status);
    }

    private static boolean isToLead(ClusterImage image, int node) {
        return image.broker(node).filter(broker -> broker.state().mayLead()).isPresent();
    }

    private void handOver(Shard shard, int node, String why) {
        LOG.info("shard {}: handed over to broker {}: {}", shard.id(), node, why);
        members.apply(shard.id())
                .transferLeadership(node)
                .whenComplete(
                        (done, error) -> {
                            if (error != null) {
                                LOG.info(
                                        "shard {}: not handed over to broker {}: {}",
                                        shard.id(),
                                        node,
                                        error.getMessage());
                            }
                        });
    }
}
