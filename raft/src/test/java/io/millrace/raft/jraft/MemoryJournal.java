package io.millrace.raft.jraft;

import io.millrace.raft.wal.MemoryShardLog;
import io.millrace.raft.wal.ShardLog;
import io.millrace.raft.wal.WalEntry;
import io.millrace.raft.wal.WalFailedException;
import io.millrace.raft.wal.WalUsage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A journal in memory, whose disk can fill and fail; the next engine finds what was written. */
final class MemoryJournal implements Journal {

    private final Map<Integer, ShardLog> logs = new ConcurrentHashMap<>();
    final Map<Integer, String> lost = new ConcurrentHashMap<>();
    volatile WalUsage usage = filled(0);

    /** How often it was asked for. */
    final AtomicInteger usages = new AtomicInteger();

    volatile String spaceProblem = "";
    volatile long stalledNanos;
    volatile boolean failing;

    /** Appends wait for it. */
    volatile CountDownLatch full = new CountDownLatch(0);

    volatile boolean closed;

    /** A journal that keeps so many percent for the given shards, and a tenth less for shard 9. */
    static WalUsage filled(int percent, Integer... pinning) {
        long bytes = percent * (1L << 30);
        Map<Integer, Long> pinned = new HashMap<>(Map.of(9, bytes / 10 * 9));
        for (int shard : pinning) {
            pinned.put(shard, bytes);
        }
        return new WalUsage(100L << 30, 100L << 30, Set.of(), pinned);
    }

    @Override
    public ShardLog shard(int shard) {
        return logs.computeIfAbsent(shard, FailingLog::new);
    }

    @Override
    public Map<Integer, String> lostShards() {
        return Map.copyOf(lost);
    }

    @Override
    public WalUsage usage() {
        usages.incrementAndGet();
        return usage;
    }

    @Override
    public String spaceProblem() {
        return spaceProblem;
    }

    @Override
    public long stalledNanos() {
        return stalledNanos;
    }

    @Override
    public void giveUp(int shard, String reason) {
        lost.put(shard, reason);
    }

    @Override
    public void discard(int shard) {
        logs.remove(shard);
        lost.remove(shard);
    }

    @Override
    public void close() {
        closed = true;
    }

    /** A log whose appends can be made to fail. */
    private final class FailingLog extends MemoryShardLog {

        FailingLog(int shard) {
            super(shard);
        }

        @Override
        public void append(List<WalEntry> entries) {
            if (failing) {
                throw new WalFailedException("the disk is gone");
            }
            try {
                if (!full.await(30, TimeUnit.SECONDS)) {
                    throw new WalFailedException("no room for 30 s");
                }
            } catch (InterruptedException e) {
                throw new WalFailedException("interrupted", e);
            }
            super.append(entries);
        }
    }
}
