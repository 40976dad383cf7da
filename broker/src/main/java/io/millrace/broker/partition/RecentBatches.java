package io.millrace.broker.partition;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The batches appended last to one log, as they came, while somebody follows it near its end. There
 * may be gaps between them; what is not here is read from the log.
 *
 * <p>All who follow get the same arrays. Nobody writes to them: not those who read, and not those
 * who made them, for entries of the replicated log are never changed.
 *
 * <p>Thread-safety: appends by one thread at a time, all else by any.
 */
final class RecentBatches {

    /** What an append and each of its batches take besides their bytes, about. */
    private static final int OBJECT_BYTES = 128;

    private final RecentMemory memory;
    private final AtomicInteger followers = new AtomicInteger();

    /** Appends by their first offset. */
    private final ConcurrentNavigableMap<Long, List<StoredBatch>> appends =
            new ConcurrentSkipListMap<>();

    RecentBatches(RecentMemory memory) {
        this.memory = memory;
    }

    RecentMemory memory() {
        return memory;
    }

    /** Somebody has come near the end of the log. */
    void join() {
        followers.incrementAndGet();
    }

    /** Somebody who had joined has fallen behind or is gone. */
    void leave() {
        followers.decrementAndGet();
    }

    /** Holds batches that the log has just taken, before anybody can know of them. */
    void appended(List<StoredBatch> batches, long nowNanos) {
        if (followers.get() == 0) {
            return;
        }
        long bytes = 0;
        long pinned = 0;
        boolean copy = false;
        byte[] last = null;
        for (StoredBatch batch : batches) {
            bytes += batch.batch().remaining();
            byte[] array = batch.batch().hasArray() ? batch.batch().array() : null;
            if (array == null) {
                copy = true;
            } else if (array != last) {
                pinned += array.length;
            }
            last = array;
        }
        if (bytes > memory.maxBytes()) {
            return;
        }
        // A batch is a part of the entry that brought it. Where that is for the most part of other
        // partitions, a copy is smaller; what is held is never more than twice what is counted for
        // those who read it.
        copy |= pinned > 2 * bytes;
        long baseOffset = batches.get(0).baseOffset();
        appends.put(baseOffset, copy ? copy(batches, (int) bytes) : List.copyOf(batches));
        long objects = (1L + batches.size()) * OBJECT_BYTES;
        memory.hold(this, baseOffset, objects + (copy ? bytes : pinned), nowNanos);
    }

    private static List<StoredBatch> copy(List<StoredBatch> batches, int bytes) {
        ByteBuffer own = ByteBuffer.allocate(bytes);
        List<StoredBatch> copies = new ArrayList<>(batches.size());
        for (StoredBatch batch : batches) {
            int from = own.position();
            own.put(batch.batch().duplicate());
            copies.add(
                    new StoredBatch(
                            batch.baseOffset(),
                            batch.recordCount(),
                            batch.raftIndex(),
                            batch.leaderEpoch(),
                            batch.appendTimeMs(),
                            own.slice(from, own.position() - from)));
        }
        return copies;
    }

    /** All batches of the append that holds an offset; null if they are not here. */
    List<StoredBatch> around(long offset) {
        Map.Entry<Long, List<StoredBatch>> append = appends.floorEntry(offset);
        if (append == null) {
            return null;
        }
        List<StoredBatch> batches = append.getValue();
        return batches.get(batches.size() - 1).endOffset() > offset ? batches : null;
    }

    /** Lets go of one append. */
    void forget(long baseOffset) {
        appends.remove(baseOffset);
    }

    /** Lets go of all: the log does not hold them any more, or is closed. */
    void clear() {
        appends.clear();
    }
}
