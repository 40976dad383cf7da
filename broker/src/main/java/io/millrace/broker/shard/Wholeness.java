package io.millrace.broker.shard;

import io.millrace.broker.partition.DamagePolicy;
import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.partition.OffsetRange;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a replica holds all records, now and after a crash. What was filled in counts only once a
 * durable manifest names it: until then the loss of power takes it away again. Thread-safe.
 */
final class Wholeness {

    private static final Logger LOG = LoggerFactory.getLogger(Wholeness.class);

    private final int shardId;
    private final Partitions partitions;
    private final Supplier<DamagePolicy> damage;
    private final ShardEvents events;
    private long losses;
    private boolean durable = true;

    /**
     * @param damage what to do about a damaged segment now
     */
    Wholeness(
            int shardId, Partitions partitions, Supplier<DamagePolicy> damage, ShardEvents events) {
        this.shardId = shardId;
        this.partitions = partitions;
        this.damage = damage;
        this.events = events;
    }

    /**
     * Gives a segment up that a reader has found to be corrupt, if others have its records.
     *
     * @return whether that was done, by this call or one before
     */
    boolean corruptionFound(long partitionId, CorruptLogException found) {
        Partition partition = partitions.get(partitionId);
        if (partition == null
                || found.segmentNumber() == 0
                || damage.get() == DamagePolicy.REFUSE) {
            return false;
        }
        Optional<OffsetRange> missing = partition.log().lose(found.segmentNumber());
        if (missing.isPresent()) {
            lost();
            LOG.warn(
                    "Shard {} fetches the offsets {} of partition {} from others: {}",
                    shardId,
                    missing.get(),
                    partitionId,
                    found.getMessage());
            events.tell(DataShardListener::recordsMissing);
        }
        return true;
    }

    /** Records were found to be missing that the last durable manifest may name. */
    synchronized void lost() {
        losses++;
        durable = false;
    }

    /** How often {@link #lost} was called: goes with a copy of the state. */
    synchronized long losses() {
        return losses;
    }

    /**
     * A manifest is durable.
     *
     * @param whole whether it has no holes
     * @param lossesBefore what {@link #losses} said before the copy was taken
     */
    synchronized void manifestDurable(boolean whole, long lossesBefore) {
        durable = whole && losses == lossesBefore;
    }

    private synchronized boolean isDurable() {
        return durable;
    }

    boolean isWhole() {
        return isDurable() && partitions.missingRecords() == 0;
    }

    /** At least 1 as long as the replica is not whole. */
    long missingRecords() {
        long now = partitions.missingRecords();
        return now == 0 && !isDurable() ? 1 : now;
    }

    /** Only a checkpoint is missing. */
    boolean wantsCheckpoint() {
        return !isDurable() && partitions.missingRecords() == 0;
    }
}
