package io.millrace.broker.shard;

import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.shard.CommandResult.Done;
import io.millrace.broker.shard.CommandResult.Refused;
import io.millrace.broker.shard.CommandResult.Trimmed;
import io.millrace.broker.shard.CommandResult.Trims;
import io.millrace.broker.shard.ShardCommand.AppendBatches;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.shard.ShardCommand.ConfigurePartition;
import io.millrace.broker.shard.ShardCommand.CreatePartition;
import io.millrace.broker.shard.ShardCommand.DeletePartition;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import io.millrace.broker.shard.ShardCommand.Unreadable;
import io.millrace.protocol.error.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out the commands of a data shard. Confined to the apply thread. */
final class CommandExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(CommandExecutor.class);
    private static final Done CHANGED = new Done(true);
    private static final Done UNCHANGED = new Done(false);

    private final Partitions partitions;
    private final ShardGroups groups;
    private final DiskPatience disk;
    private final ShardCounters counters;
    private final Consumer<Consumer<DataShardListener>> listeners;
    private final BatchApplier batches;

    /**
     * @param listeners tells an event to all listeners
     */
    CommandExecutor(
            Partitions partitions,
            ShardGroups groups,
            DiskPatience disk,
            ShardCounters counters,
            Consumer<Consumer<DataShardListener>> listeners) {
        this.partitions = partitions;
        this.groups = groups;
        this.disk = disk;
        this.counters = counters;
        this.listeners = listeners;
        this.batches = new BatchApplier(partitions::get, disk, counters);
    }

    /**
     * @throws IOException if the disk failed for good; the state must not be used any more
     */
    CommandResult execute(long index, long term, ShardCommand command) throws IOException {
        if (command instanceof AppendBatches append) {
            return batches.apply(index, term, append);
        } else if (command instanceof CreatePartition create) {
            return create(create);
        } else if (command instanceof ConfigurePartition configure) {
            return configure(configure);
        } else if (command instanceof DeletePartition delete) {
            return delete(delete);
        } else if (command instanceof TrimPartitions trim) {
            return trim(trim);
        } else if (command instanceof ChangeGroup group) {
            return groups.apply(group.change(), listeners);
        } else if (command instanceof ChangeQueue queue) {
            return change(queue.change());
        } else if (command instanceof Unreadable unreadable) {
            counters.unreadableEntry();
            LOG.warn("Entry {} changes nothing: {}", index, unreadable.reason());
            return new Refused(unreadable.code(), unreadable.reason());
        }
        throw new IllegalStateException("no rule for " + command.getClass());
    }

    private CommandResult create(CreatePartition create) throws IOException {
        if (partitions.deleted().contains(create.partitionId())) {
            return UNCHANGED;
        }
        Partition existing = partitions.get(create.partitionId());
        if (existing != null) {
            return configure(existing, create.config(), create.placementVersion());
        }
        Partition partition = disk.run(() -> partitions.create(create));
        listeners.accept(listener -> listener.partitionCreated(partition));
        return CHANGED;
    }

    private CommandResult configure(ConfigurePartition configure) {
        Partition partition = partitions.get(configure.partitionId());
        return partition == null
                ? unknown(configure.partitionId())
                : configure(partition, configure.config(), configure.placementVersion());
    }

    private CommandResult configure(Partition partition, PartitionConfig config, long version) {
        if (version <= partition.placementVersion()) {
            return UNCHANGED;
        }
        partition.configure(config, version);
        listeners.accept(listener -> listener.partitionConfigured(partition));
        return CHANGED;
    }

    private CommandResult delete(DeletePartition delete) {
        Partition partition = partitions.get(delete.partitionId());
        if (partition != null && delete.placementVersion() < partition.placementVersion()) {
            return UNCHANGED;
        }
        boolean changed = partitions.deleted().add(delete.partitionId());
        if (partition != null) {
            partitions.delete(partition);
            groups.dropPartition(partition.partitionId(), listeners);
            listeners.accept(listener -> listener.partitionDeleted(partition));
        }
        return changed ? CHANGED : UNCHANGED;
    }

    private CommandResult change(QueueCommand change) {
        return change instanceof OpenQueue open && partitions.get(open.key().partitionId()) == null
                ? unknown(open.key().partitionId())
                : groups.apply(change, listeners);
    }

    private static Refused unknown(long partitionId) {
        return new Refused(
                ErrorCode.UNKNOWN_PARTITION,
                "partition id " + partitionId + " does not exist in this shard");
    }

    private CommandResult trim(TrimPartitions command) {
        List<Trimmed> trimmed = new ArrayList<>(command.trims().size());
        for (Trim trim : command.trims()) {
            Partition partition = partitions.get(trim.partitionId());
            if (partition == null) {
                continue;
            }
            long before = partition.log().startOffset();
            long wanted = Math.min(trim.startOffset(), partition.log().endOffset());
            if (wanted > before) {
                partition.trim(wanted, trim.reason());
                listeners.accept(listener -> listener.partitionTrimmed(partition));
            }
            trimmed.add(new Trimmed(trim.partitionId(), before, Math.max(before, wanted)));
        }
        return new Trims(List.copyOf(trimmed));
    }
}
