package io.millrace.raft.jraft;

import io.millrace.raft.RaftListener;
import java.util.function.LongSupplier;

/**
 * What all replicas of an engine share.
 *
 * @param links how they reach others
 * @param disk whether the journal's disk hangs
 * @param proposed what their proposals may hold in memory
 * @param received what the entries may that they have from leaders
 * @param maxEntryBytes the largest entry
 * @param listener hears what happens to them
 * @param nanoTime a monotonic clock
 */
record ShardSurroundings(
        RaftEngineOptions options,
        PeerLinks links,
        DiskWatch disk,
        MemoryBudget proposed,
        MemoryBudget received,
        int maxEntryBytes,
        RaftListener listener,
        LongSupplier nanoTime) {}
