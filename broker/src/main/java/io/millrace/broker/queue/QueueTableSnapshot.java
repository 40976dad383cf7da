package io.millrace.broker.queue;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The queues of a shard at one Raft index, the same on every replica. Immutable. */
public final class QueueTableSnapshot {

    /** Of a shard without queues. */
    public static final QueueTableSnapshot EMPTY =
            new QueueTableSnapshot(Collections.emptySortedMap(), new long[0]);

    private static final int VERSION = 1;

    private final SortedMap<QueueKey, QueueProgress> queues;
    private final long[] droppedGroups;

    QueueTableSnapshot(SortedMap<QueueKey, QueueProgress> queues, long[] droppedGroups) {
        this.queues = Collections.unmodifiableSortedMap(new TreeMap<>(queues));
        this.droppedGroups = droppedGroups;
    }

    /** The queues, by rising key. */
    public SortedMap<QueueKey, QueueProgress> queues() {
        return queues;
    }

    /** Groups that have ended, oldest first. */
    long[] droppedGroups() {
        return droppedGroups.clone();
    }

    /** The bytes, in an array-backed buffer of its own: equal bytes for equal states. */
    public ByteBuffer encode() {
        VarintWriter out = new VarintWriter().put(VERSION).put(droppedGroups.length);
        for (long groupId : droppedGroups) {
            out.put(groupId);
        }
        out.put(queues.size());
        for (Map.Entry<QueueKey, QueueProgress> queue : queues.entrySet()) {
            out.put(queue.getKey().partitionId()).put(queue.getKey().groupId());
            queue.getValue().write(out);
        }
        return out.toBuffer();
    }

    /**
     * The state that the bytes between position and limit stand for. The buffer is left as it is.
     *
     * @throws IllegalArgumentException if they stand for none; nothing else is thrown
     */
    public static QueueTableSnapshot decode(ByteBuffer data) {
        VarintReader in = new VarintReader(data);
        long version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "queues of version " + version + "; this broker reads " + VERSION);
        }
        long[] droppedGroups = new long[in.count(1)];
        for (int i = 0; i < droppedGroups.length; i++) {
            droppedGroups[i] = in.get();
        }
        TreeMap<QueueKey, QueueProgress> queues = new TreeMap<>();
        int count = in.count(7);
        for (int i = 0; i < count; i++) {
            QueueKey key = new QueueKey(in.get(), in.get());
            if (queues.put(key, QueueProgress.read(in)) != null) {
                throw new IllegalArgumentException("two queues of " + key);
            }
        }
        in.end();
        return new QueueTableSnapshot(queues, droppedGroups);
    }
}
