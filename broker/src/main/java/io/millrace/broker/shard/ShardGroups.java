package io.millrace.broker.shard;

import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupCommand.DropGroup;
import io.millrace.broker.group.GroupResult;
import io.millrace.broker.group.GroupTable;
import io.millrace.broker.group.GroupTransition;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueCommand.DropQueue;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueCommand.Redrive;
import io.millrace.broker.queue.QueueCommand.SettleRecords;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.queue.QueueResult;
import io.millrace.broker.queue.QueueSettlement;
import io.millrace.broker.queue.QueueTable;
import io.millrace.broker.queue.QueueTableSnapshot;
import io.millrace.broker.shard.CommandResult.GroupChanged;
import io.millrace.broker.shard.CommandResult.QueueChanged;
import io.millrace.broker.shard.CommandResult.Refused;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The consumer groups of a data shard, and what those in queue mode have done of its partitions.
 * Changed by the apply thread, read by all.
 */
final class ShardGroups {

    private final QueueTable queues = new QueueTable();
    private volatile GroupTable table = GroupTable.EMPTY;

    /** The queues as they are; null if they have changed since it was taken. */
    private QueueTableSnapshot snapshot = QueueTableSnapshot.EMPTY;

    GroupTable table() {
        return table;
    }

    /** Where a queue stands; null if there is none. */
    QueueProgress queue(QueueKey key) {
        return queues.get(key);
    }

    boolean isCrowded(QueueKey key) {
        return queues.isCrowded(key);
    }

    /** The queues of a partition: a copy. */
    SortedMap<QueueKey, QueueProgress> queues(long partitionId) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(queues.ofPartition(partitionId)));
    }

    /** The queues for a checkpoint. Apply thread. */
    QueueTableSnapshot queueSnapshot() {
        if (snapshot == null) {
            snapshot = queues.snapshot();
        }
        return snapshot;
    }

    /** Changes a group. To drop one ends its queues here too, so that nothing brings one back. */
    CommandResult apply(GroupCommand command, Consumer<Consumer<DataShardListener>> tell) {
        GroupTransition<GroupTable> change = table.apply(command);
        if (change.result() instanceof GroupResult.Refused refused) {
            return new Refused(refused.code(), refused.message());
        }
        boolean changed = change.next() != table;
        table = change.next();
        if (changed) {
            tell.accept(listener -> listener.groupChanged(command.groupId()));
        }
        if (command instanceof DropGroup) {
            apply(new DropQueue(command.groupId()), tell);
        }
        return new GroupChanged(change.result(), change.changedMembers());
    }

    CommandResult apply(QueueCommand command, Consumer<Consumer<DataShardListener>> tell) {
        QueueResult result = change(touchedBy(command), () -> queues.apply(command), tell);
        return result instanceof QueueResult.Refused refused
                ? new Refused(refused.code(), refused.message())
                : new QueueChanged(result);
    }

    /** Ends the queues of a partition that is deleted. */
    void dropPartition(long partitionId, Consumer<Consumer<DataShardListener>> tell) {
        change(
                queues(partitionId).keySet(),
                () -> {
                    queues.dropPartition(partitionId);
                    return null;
                },
                tell);
    }

    /** Becomes what a checkpoint says. */
    void restore(Manifest manifest) {
        table = manifest.groups();
        queues.restore(manifest.queues());
        snapshot = manifest.queues();
    }

    /** Takes over the state of another replica, which is ahead of this one. */
    void install(Manifest theirs, Consumer<Consumer<DataShardListener>> tell) {
        GroupTable before = table;
        Set<Long> groupIds = new TreeSet<>(before.groups().keySet());
        groupIds.addAll(theirs.groups().groups().keySet());
        Set<QueueKey> keys = new TreeSet<>(queueSnapshot().queues().keySet());
        keys.addAll(theirs.queues().queues().keySet());
        change(
                keys,
                () -> {
                    restore(theirs);
                    return null;
                },
                tell);
        for (long groupId : groupIds) {
            if (!before.group(groupId).equals(table.group(groupId))) {
                tell.accept(listener -> listener.groupChanged(groupId));
            }
        }
    }

    /** Tells of all that there is. */
    void tellAll(Consumer<Consumer<DataShardListener>> tell) {
        table.groups()
                .keySet()
                .forEach(groupId -> tell.accept(listener -> listener.groupChanged(groupId)));
        queueSnapshot()
                .queues()
                .keySet()
                .forEach(key -> tell.accept(listener -> listener.queueChanged(key)));
    }

    private Set<QueueKey> touchedBy(QueueCommand command) {
        if (command instanceof SettleRecords settle) {
            return settle.settlements().stream()
                    .map(QueueSettlement::key)
                    .collect(Collectors.toCollection(TreeSet::new));
        } else if (command instanceof OpenQueue open) {
            return Set.of(open.key());
        } else if (command instanceof Redrive redrive) {
            return Set.of(redrive.key());
        }
        long groupId = ((DropQueue) command).groupId();
        return queueSnapshot().queues().keySet().stream()
                .filter(key -> key.groupId() == groupId)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Makes a change, then tells which of the queues that it may touch are others now. */
    private <R> R change(
            Set<QueueKey> touched, Supplier<R> change, Consumer<Consumer<DataShardListener>> tell) {
        Map<QueueKey, QueueProgress> before = new TreeMap<>();
        touched.forEach(key -> before.put(key, queues.get(key)));
        snapshot = null;
        R result = change.get();
        before.forEach(
                (key, progress) -> {
                    if (!Objects.equals(progress, queues.get(key))) {
                        tell.accept(listener -> listener.queueChanged(key));
                    }
                });
        return result;
    }
}
