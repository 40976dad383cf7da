package io.millrace.broker.receiving;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The batches that a queue has in memory, so that it need not read them again to hand their records
 * out. Bounded for each queue and for all of a broker together; what is let go of is read again.
 * Within a turn nothing is let go of. Confined to the queue's loop.
 */
final class HeldBatches {

    /** A queue with so much reads ahead only if it has nothing to hand out. */
    static final long ENOUGH = 1 << 20;

    /** A queue keeps no more between turns. */
    static final long MOST = 2 << 20;

    /** What nobody has looked at for so long is let go of. */
    static final long MAX_AGE_MS = 5_000;

    private final AtomicLong allBytes;
    private final long maxAllBytes;
    private final TreeMap<Long, HeldBatch> byOffset = new TreeMap<>();

    /** Least recently used first. */
    private final Map<Long, HeldBatch> byUse = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    /**
     * @param allBytes what the queues of the broker hold
     * @param maxAllBytes how much that may be between turns
     */
    HeldBatches(AtomicLong allBytes, long maxAllBytes) {
        this.allBytes = allBytes;
        this.maxAllBytes = maxAllBytes;
    }

    void put(HeldBatch batch, long nowMs) {
        if (byOffset.containsKey(batch.baseOffset())) {
            return; // the one before knows which records were offered
        }
        batch.usedAt(nowMs);
        byOffset.put(batch.baseOffset(), batch);
        byUse.put(batch.baseOffset(), batch);
        bytes += batch.heldBytes();
        allBytes.addAndGet(batch.heldBytes());
    }

    /** The batch that holds a record; null if it is not in memory. */
    HeldBatch find(long offset, long nowMs) {
        Map.Entry<Long, HeldBatch> entry = byOffset.floorEntry(offset);
        if (entry == null || !entry.getValue().holds(offset)) {
            return null;
        }
        HeldBatch batch = byUse.get(entry.getKey());
        batch.usedAt(nowMs);
        return batch;
    }

    boolean isEnough() {
        return bytes >= ENOUGH;
    }

    boolean isEmpty() {
        return byOffset.isEmpty();
    }

    /** A record is on its way to a member: its batch goes with the last one. */
    void handedOut(long offset, long nextOffset) {
        Map.Entry<Long, HeldBatch> entry = byOffset.floorEntry(offset);
        if (entry == null || !entry.getValue().holds(offset)) {
            return;
        }
        HeldBatch batch = entry.getValue();
        batch.handedOut();
        if (batch.open() == 0 && batch.endOffset() <= nextOffset) {
            remove(batch);
        }
    }

    /** A turn is over: lets go of what is too much, or too old. */
    void fit(long nowMs) {
        Iterator<HeldBatch> eldest = byUse.values().iterator();
        while (eldest.hasNext()) {
            HeldBatch batch = eldest.next();
            boolean tooMuch = bytes > MOST || allBytes.get() > maxAllBytes;
            if (!tooMuch && nowMs - batch.lastUsedMs() < MAX_AGE_MS) {
                return;
            }
            eldest.remove();
            forget(batch);
        }
    }

    /** Lets go of all. */
    void clear() {
        byUse.clear();
        allBytes.addAndGet(-bytes);
        byOffset.clear();
        bytes = 0;
    }

    private void remove(HeldBatch batch) {
        byUse.remove(batch.baseOffset());
        forget(batch);
    }

    private void forget(HeldBatch batch) {
        byOffset.remove(batch.baseOffset());
        bytes -= batch.heldBytes();
        allBytes.addAndGet(-batch.heldBytes());
    }
}
