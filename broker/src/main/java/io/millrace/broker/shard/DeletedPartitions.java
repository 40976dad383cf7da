package io.millrace.broker.shard;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The ids of partitions that were deleted for good, so that a late command cannot bring one back.
 * The last {@value #MAX} are remembered; a command that is late by more than so many deletions does
 * not exist. Written by the apply thread, read by all.
 */
final class DeletedPartitions {

    static final int MAX = 100_000;

    private final Set<Long> ids = new LinkedHashSet<>();
    private long[] copy = {};
    private boolean changed;

    synchronized boolean contains(long partitionId) {
        return ids.contains(partitionId);
    }

    /** Adds an id; returns whether it is new. */
    synchronized boolean add(long partitionId) {
        if (!ids.add(partitionId)) {
            return false;
        }
        if (ids.size() > MAX) {
            Iterator<Long> oldest = ids.iterator();
            oldest.next();
            oldest.remove();
        }
        changed = true;
        return true;
    }

    /** Takes over what another replica remembers. */
    synchronized void replace(long[] others) {
        ids.clear();
        for (long id : others) {
            ids.add(id);
        }
        changed = true;
    }

    /** An immutable copy, oldest first; not to be changed. */
    synchronized long[] snapshot() {
        if (changed) {
            copy = ids.stream().mapToLong(Long::longValue).toArray();
            changed = false;
        }
        return copy;
    }
}
