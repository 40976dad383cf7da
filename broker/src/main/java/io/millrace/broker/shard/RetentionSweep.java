package io.millrace.broker.shard;

import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks through the partitions of a shard for what retention removes. For the leader, about every
 * half minute; has no thread and proposes nothing itself.
 */
public final class RetentionSweep {

    /** Partitions in one command, so that none grows without bound. */
    static final int MAX_TRIMS = 1_000;

    private final DataShardView shard;
    private final Clock clock;

    /**
     * @param clock the broker's clock, as in {@link ShardWriter}
     */
    public RetentionSweep(DataShardView shard, Clock clock) {
        this.shard = shard;
        this.clock = clock;
    }

    /**
     * The commands that are to be proposed now; none if nothing has expired. Also tells logs whose
     * last segment is too old to begin another. Does not block, but walks all partitions.
     */
    public List<TrimPartitions> commands() {
        List<TrimPartitions> commands = new ArrayList<>();
        List<Trim> trims = new ArrayList<>();
        for (PartitionView partition : shard.partitions()) {
            PartitionLog log = partition.log();
            // A clock behind the log's own time must not make its records look young.
            long nowMs = Math.max(clock.millis(), log.lastAppendTimeMs());
            long start = log.startOffset();
            Retention decided = Retention.decide(log.segments(), start, partition.config(), nowMs);
            if (decided.roll()) {
                log.roll();
            }
            if (decided.startOffset() > start && partition.exists()) {
                trims.add(
                        new Trim(
                                partition.partitionId(),
                                decided.startOffset(),
                                TrimReason.EXPIRED));
            }
            if (trims.size() == MAX_TRIMS) {
                commands.add(new TrimPartitions(trims));
                trims = new ArrayList<>();
            }
        }
        if (!trims.isEmpty()) {
            commands.add(new TrimPartitions(trims));
        }
        return commands;
    }
}
