package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.OverloadException;
import io.millrace.raft.ShardStanding;
import io.millrace.raft.ShardStatus.Role;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a shard on that nobody writes to, by entries without bytes. A replica takes no checkpoint
 * without an entry after the last one, and may need one all the same: to recycle what is before it
 * in the write-ahead log, to free disk space, or to be sure of records that it has fetched. Only
 * the leader can propose, so the others ask it to.
 */
final class IdleShard {

    private static final Logger LOG = LoggerFactory.getLogger(IdleShard.class);

    /** How long a leader that was asked is given, before it is asked again. */
    static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final int shard;
    private final Consumer<Task> proposals;
    private final LongSupplier leadingTerm;
    private final Supplier<ShardStanding> standing;
    private long askedNanos;
    private boolean hasAsked;

    /** Whether replicas elsewhere wait for an entry. */
    private volatile boolean awaitedElsewhere;

    /**
     * @param proposals takes what is proposed; may throw what jraft does
     * @param leadingTerm the term in which the replica leads; 0 if it does not
     * @param standing whom it follows
     */
    IdleShard(
            int shard,
            Consumer<Task> proposals,
            LongSupplier leadingTerm,
            Supplier<ShardStanding> standing) {
        this.shard = shard;
        this.proposals = proposals;
        this.leadingTerm = leadingTerm;
        this.standing = standing;
    }

    /** Proposes an entry. Does nothing if the replica does not lead. Thread-safe. */
    void moveOn() {
        long term = leadingTerm.getAsLong();
        if (term > 0) {
            try {
                proposals.accept(new Task(ByteBuffer.allocate(0), null, term));
            } catch (OverloadException | IllegalStateException e) {
                LOG.debug("Shard {}: not moved on, it is busy or stopping", shard, e);
            }
        }
    }

    /** A replica elsewhere takes this one for the leader, and waits. Thread-safe, never blocks. */
    void awaitElsewhere() {
        awaitedElsewhere = true;
    }

    /**
     * To be called once a second, by one thread: proposes one entry for all who wait by now.
     *
     * @param waits whether this replica is one of them
     * @return the node of the leader, if it is to be asked now
     */
    OptionalInt second(boolean waits, long now) {
        boolean others = awaitedElsewhere;
        if (others) {
            // Before the entry: whoever comes now is served by it, whoever comes later by the next.
            awaitedElsewhere = false;
        }
        if (others || waits) {
            moveOn();
        }
        return waits ? leaderToAsk(now) : OptionalInt.empty();
    }

    private OptionalInt leaderToAsk(long now) {
        ShardStanding current = standing.get();
        boolean follows = current.role() == Role.FOLLOWER && current.leaderNode() != 0;
        if (!follows || hasAsked && now - askedNanos < ASK_AGAIN_NANOS) {
            return OptionalInt.empty();
        }
        hasAsked = true;
        askedNanos = now;
        return OptionalInt.of(current.leaderNode());
    }
}
