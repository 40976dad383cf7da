package io.millrace.broker.queue;

import io.millrace.broker.queue.QueueCommand.DropQueue;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueCommand.Redrive;
import io.millrace.broker.queue.QueueCommand.SettleRecords;
import io.millrace.broker.queue.QueueResult.Done;
import io.millrace.broker.queue.QueueResult.Redriven;
import io.millrace.broker.queue.QueueResult.Refused;
import io.millrace.broker.queue.QueueResult.Settled;
import io.millrace.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * All queues of a shard: replicated state. Changed by the apply thread alone; what it holds is
 * immutable and may be read by any thread.
 *
 * <p>Deterministic. What would outgrow a bound of {@link QueueProgress} is refused and changes
 * nothing: the leader keeps the records and tries again.
 */
public final class QueueTable {

    /** The most queues of a shard. */
    public static final int MAX_QUEUES = 10_000;

    /**
     * The ranges and marks of all queues of a shard, some 30 MB in a checkpoint, beyond which it is
     * crowded: see {@link #isCrowded}.
     */
    public static final int MAX_WEIGHT = 4_000_000;

    /** Groups whose end is remembered, so that a late command cannot bring a queue back. */
    static final int MAX_DROPPED_GROUPS = 10_000;

    private final ConcurrentNavigableMap<QueueKey, QueueProgress> queues =
            new ConcurrentSkipListMap<>();
    private final Set<Long> droppedGroups = new LinkedHashSet<>();
    private final int maxQueues;
    private final int maxWeight;
    private volatile int weight;

    /** A table without queues. */
    public QueueTable() {
        this(MAX_QUEUES, MAX_WEIGHT);
    }

    QueueTable(int maxQueues, int maxWeight) {
        this.maxQueues = maxQueues;
        this.maxWeight = maxWeight;
    }

    /** Where a queue stands; null if there is none. Called by any thread. */
    public QueueProgress get(QueueKey key) {
        return queues.get(key);
    }

    /**
     * Whether a queue takes up more than its share while all together take up more than they
     * should. It is not refused anything that its members have settled; its leader hands out less,
     * see {@link QueueDispatcher#crowded}. Called by any thread.
     */
    public boolean isCrowded(QueueKey key) {
        QueueProgress progress = queues.get(key);
        return weight > maxWeight && progress != null && progress.weight() > maxWeight / maxQueues;
    }

    /** The queues of a partition, by rising group. A view that follows; called by any thread. */
    public NavigableMap<QueueKey, QueueProgress> ofPartition(long partitionId) {
        return queues.subMap(
                new QueueKey(partitionId, Long.MIN_VALUE),
                true,
                new QueueKey(partitionId, Long.MAX_VALUE),
                true);
    }

    /** Applies a command. Never throws for what a command may contain. */
    public QueueResult apply(QueueCommand command) {
        if (command instanceof SettleRecords settle) {
            List<QueueResult> results = new ArrayList<>(settle.settlements().size());
            for (QueueSettlement settlement : settle.settlements()) {
                results.add(apply(settlement));
            }
            return new Settled(List.copyOf(results));
        } else if (command instanceof OpenQueue open) {
            return apply(open);
        } else if (command instanceof DropQueue drop) {
            return apply(drop);
        }
        return apply((Redrive) command);
    }

    /** Ends the queues of a partition that is deleted. */
    public void dropPartition(long partitionId) {
        removeAll(ofPartition(partitionId).values().iterator());
    }

    /** All that a checkpoint needs: an immutable copy of references. Apply thread. */
    public QueueTableSnapshot snapshot() {
        long[] dropped = droppedGroups.stream().mapToLong(Long::longValue).toArray();
        return new QueueTableSnapshot(queues, dropped);
    }

    /** Becomes what a snapshot says, whatever it was. Apply thread, or before there is one. */
    public void restore(QueueTableSnapshot snapshot) {
        queues.keySet().retainAll(snapshot.queues().keySet());
        queues.putAll(snapshot.queues());
        droppedGroups.clear();
        for (long groupId : snapshot.droppedGroups()) {
            droppedGroups.add(groupId);
        }
        weight = queues.values().stream().mapToInt(QueueProgress::weight).sum();
    }

    private QueueResult apply(OpenQueue open) {
        QueueKey key = open.key();
        if (queues.containsKey(key)) {
            return new Done(false);
        }
        if (droppedGroups.contains(key.groupId())) {
            return new Refused(
                    ErrorCode.UNKNOWN_GROUP, "group " + key.groupId() + " has been deleted");
        }
        if (queues.size() >= maxQueues) {
            return new Refused(
                    ErrorCode.CHANGE_REFUSED,
                    "the shard has "
                            + maxQueues
                            + " queues, which is the most; delete groups that nobody needs");
        }
        return put(key, null, QueueProgress.startingAt(open.start()));
    }

    private QueueResult apply(QueueSettlement settlement) {
        QueueProgress before = queues.get(settlement.key());
        return before == null
                ? unknown(settlement.key())
                : put(settlement.key(), before, before.with(settlement));
    }

    private QueueResult apply(DropQueue drop) {
        boolean isNew = droppedGroups.add(drop.groupId());
        if (droppedGroups.size() > MAX_DROPPED_GROUPS) {
            Iterator<Long> oldest = droppedGroups.iterator();
            oldest.next();
            oldest.remove();
        }
        Iterator<QueueKey> keys = queues.keySet().iterator();
        while (keys.hasNext()) {
            QueueKey key = keys.next();
            if (key.groupId() == drop.groupId()) {
                weight -= queues.get(key).weight();
                keys.remove();
            }
        }
        return new Done(isNew);
    }

    private QueueResult apply(Redrive redrive) {
        QueueProgress before = queues.get(redrive.key());
        if (before == null) {
            return unknown(redrive.key());
        }
        OffsetSet undone = redrive.offsets().minus(before.undone(redrive.offsets()));
        if (isCrowded(redrive.key()) && !undone.isEmpty()) {
            return new Refused(
                    ErrorCode.OVERLOADED,
                    "the queues of the shard take up more than the "
                            + maxWeight
                            + " ranges and marks they should; redrive when they are worked off");
        }
        QueueResult result = put(redrive.key(), before, before.redriving(undone));
        return result instanceof Refused ? result : new Redriven(undone);
    }

    private QueueResult put(QueueKey key, QueueProgress before, QueueProgress after) {
        if (after.equals(before)) {
            return new Done(false);
        }
        String excess = before == null ? null : after.excess(before);
        if (excess != null) {
            return new Refused(ErrorCode.OVERLOADED, key + ": " + excess);
        }
        weight += after.weight() - (before == null ? 0 : before.weight());
        queues.put(key, after);
        return new Done(true);
    }

    private void removeAll(Iterator<QueueProgress> each) {
        while (each.hasNext()) {
            weight -= each.next().weight();
            each.remove();
        }
    }

    private static Refused unknown(QueueKey key) {
        return new Refused(ErrorCode.UNKNOWN_GROUP, "there is no queue of " + key);
    }
}
