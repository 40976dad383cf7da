package io.millrace.broker.shard;

import io.millrace.broker.partition.LogState;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.PartitionLogStore;
import io.millrace.broker.partition.SegmentLimits;
import io.millrace.broker.partition.SegmentState;
import io.millrace.broker.partition.StoredBatch;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Partition logs in memory, with a disk that outlives the store. A crash keeps of each segment what
 * was forced and drops the rest.
 */
final class FakeLogStore implements PartitionLogStore {

    /** What is on the disk: excerpts by partition and segment number. */
    static final class Disk {
        final Map<Long, TreeMap<Long, List<List<StoredBatch>>>> partitions = new HashMap<>();
        final Map<Long, Map<Long, Long>> forcedExcerpts = new HashMap<>();
        final Set<Long> deleted = new HashSet<>();
        IOException failure;
        int failures;
        int appends;
        int forces;

        /** The next appends fail. */
        void failAppends(IOException with, int times) {
            failure = with;
            failures = times;
        }

        void beforeAppend() throws IOException {
            if (failures > 0) {
                failures--;
                throw failure;
            }
            appends++;
        }

        /** The power is cut: what was not forced is gone. */
        void loseUnforced() {
            partitions.forEach(
                    (id, segments) ->
                            segments.forEach(
                                    (number, excerpts) -> {
                                        long kept =
                                                forcedExcerpts
                                                        .getOrDefault(id, Map.of())
                                                        .getOrDefault(number, 0L);
                                        while (excerpts.size() > kept) {
                                            excerpts.remove(excerpts.size() - 1);
                                        }
                                    }));
        }
    }

    final Disk disk;
    final Map<Long, FakeLog> open = new HashMap<>();
    Set<Long> lastNamed = Set.of();

    FakeLogStore(Disk disk) {
        this.disk = disk;
    }

    @Override
    public PartitionLog open(long partitionId, SegmentLimits limits, LogState state)
            throws IOException {
        TreeMap<Long, List<List<StoredBatch>>> segments =
                disk.partitions.computeIfAbsent(partitionId, id -> new TreeMap<>());
        for (SegmentState segment : state.segments()) {
            List<List<StoredBatch>> excerpts = segments.get(segment.number());
            if (excerpts == null || excerpts.size() < segment.excerptCount()) {
                throw new IOException(
                        "partition " + partitionId + " lacks " + segment + ": " + excerpts);
            }
        }
        disk.deleted.remove(partitionId);
        FakeLog log = new FakeLog(partitionId, limits, state, segments, disk);
        open.put(partitionId, log);
        return log;
    }

    @Override
    public void delete(long partitionId) {
        open.remove(partitionId);
        disk.deleted.add(partitionId);
    }

    @Override
    public void discardUnknown() {
        disk.partitions.keySet().removeIf(id -> !open.containsKey(id));
        open.forEach((id, log) -> disk.partitions.get(id).keySet().retainAll(log.numbers()));
    }

    @Override
    public void force(long partitionId, LogState state) {
        disk.forces++;
        for (SegmentState segment : state.segments()) {
            disk.forcedExcerpts
                    .computeIfAbsent(partitionId, id -> new HashMap<>())
                    .merge(segment.number(), segment.excerptCount(), Math::max);
        }
    }

    @Override
    public void manifestDurable(Collection<Long> partitionIds) {
        lastNamed = Set.copyOf(partitionIds);
        disk.deleted.removeIf(
                id -> {
                    boolean gone = !lastNamed.contains(id);
                    if (gone) {
                        disk.partitions.remove(id);
                    }
                    return gone;
                });
    }

    @Override
    public long sizeBytes() {
        return open.values().stream().mapToLong(FakeLog::sizeBytes).sum();
    }

    @Override
    public void close() {}
}
