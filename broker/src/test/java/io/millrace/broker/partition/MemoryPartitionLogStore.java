package io.millrace.broker.partition;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Partition logs in memory, for tests: what the contract says, without a disk. A {@link Disk} can
 * be opened again by another store, as a directory can.
 */
public final class MemoryPartitionLogStore implements PartitionLogStore {

    /** What stays when a store is closed or forgotten. */
    public static final class Disk {
        final Map<Long, Map<Long, MemorySegment>> segments = new HashMap<>();
        private Set<Long> lastNamed = Set.of();
        private IOException appendFailure;
        private int appendFailures;
        private int forces;

        /** Makes appends fail with this, or succeed again with null. */
        public void failAppends(IOException failure) {
            failAppends(failure, Integer.MAX_VALUE);
        }

        /** Makes so many appends fail with this. */
        public void failAppends(IOException failure, int times) {
            appendFailure = failure;
            appendFailures = times;
        }

        void beforeAppend() throws IOException {
            if (appendFailure != null && appendFailures > 0) {
                appendFailures--;
                throw appendFailure;
            }
        }

        /** Cuts the power: excerpts that no force has covered are gone. */
        public void loseUnforced() {
            for (Map<Long, MemorySegment> partition : segments.values()) {
                partition.values().removeIf(segment -> segment.forcedExcerpts == 0);
                partition.replaceAll((number, segment) -> cut(segment, segment.forcedExcerpts));
            }
        }

        /** How many logs were forced. */
        public int forces() {
            return forces;
        }

        /** The partitions that the last durable manifests name. */
        public Set<Long> lastNamed() {
            return lastNamed;
        }
    }

    static final class MemorySegment {
        final long number;
        final long baseOffset;
        final List<StoredBatch> batches = new ArrayList<>();
        final List<Integer> excerptEnds = new ArrayList<>();
        int maxBatchBytes;
        int forcedExcerpts;
        boolean sealed;

        MemorySegment(long number, long baseOffset) {
            this.number = number;
            this.baseOffset = baseOffset;
        }

        void add(AppendPlan plan) {
            for (List<StoredBatch> excerpt : plan.excerpts()) {
                for (StoredBatch batch : excerpt) {
                    batches.add(MemoryPartitionLog.copy(batch));
                }
                excerptEnds.add(batches.size());
            }
        }

        SegmentState state() {
            StoredBatch last = batches.get(batches.size() - 1);
            return new SegmentState(
                    number,
                    baseOffset,
                    last.endOffset(),
                    excerptEnds.size(),
                    batches.stream().mapToLong(batch -> batch.batch().remaining()).sum(),
                    batches.get(0).appendTimeMs(),
                    last.appendTimeMs());
        }
    }

    private final Disk disk;
    private final Map<Long, MemoryPartitionLog> logs = new ConcurrentHashMap<>();

    public MemoryPartitionLogStore() {
        this(new Disk());
    }

    public MemoryPartitionLogStore(Disk disk) {
        this.disk = disk;
    }

    @Override
    public synchronized PartitionLog open(
            long partitionId, SegmentLimits limits, LogState state, DamagePolicy damage)
            throws IOException {
        state.check(partitionId);
        Map<Long, MemorySegment> found =
                disk.segments.computeIfAbsent(partitionId, id -> new HashMap<>());
        List<MemorySegment> segments = new ArrayList<>();
        Holes holes = new Holes(state.holes());
        for (SegmentState named : state.segments()) {
            MemorySegment segment = found.get(named.number());
            boolean damaged = segment == null || segment.excerptEnds.size() < named.excerptCount();
            if (damaged && damage == DamagePolicy.LEAVE_HOLE) {
                long from = Math.max(named.baseOffset(), state.startOffset());
                holes = holes.plus(new OffsetRange(from, named.endOffset()));
                continue;
            }
            if (damaged) {
                throw new CorruptLogException(
                        "partition "
                                + partitionId
                                + " segment "
                                + named.number()
                                + ": missing or shorter than the checkpoint says",
                        named.number());
            }
            segments.add(cut(segment, (int) named.excerptCount()));
        }
        long next = state.nextSegmentNumber();
        for (long number : found.keySet()) {
            next = Math.max(next, number + 1);
        }
        MemoryPartitionLog log =
                new MemoryPartitionLog(partitionId, disk, limits, state, segments, holes, next);
        if (logs.putIfAbsent(partitionId, log) != null) {
            throw new IllegalStateException("partition " + partitionId + " is open");
        }
        return log;
    }

    private static MemorySegment cut(MemorySegment segment, int excerpts) {
        MemorySegment cut = new MemorySegment(segment.number, segment.baseOffset);
        cut.sealed = true;
        cut.forcedExcerpts = Math.min(excerpts, segment.forcedExcerpts);
        cut.excerptEnds.addAll(segment.excerptEnds.subList(0, excerpts));
        int batches = cut.excerptEnds.get(cut.excerptEnds.size() - 1);
        cut.batches.addAll(segment.batches.subList(0, batches));
        return cut;
    }

    @Override
    public synchronized void delete(long partitionId) {
        MemoryPartitionLog log = logs.remove(partitionId);
        if (log != null) {
            log.drop();
        }
    }

    @Override
    public synchronized void discardUnknown() {
        disk.segments.keySet().retainAll(logs.keySet());
        for (MemoryPartitionLog log : logs.values()) {
            Set<Long> named = new HashSet<>();
            log.segments().forEach(segment -> named.add(segment.number()));
            disk.segments.get(log.partitionId()).keySet().retainAll(named);
        }
    }

    @Override
    public synchronized void force(long partitionId, LogState state) {
        disk.forces++;
        Map<Long, MemorySegment> segments = disk.segments.get(partitionId);
        for (SegmentState named : state.segments()) {
            MemorySegment segment = segments.get(named.number());
            segment.forcedExcerpts = Math.max(segment.forcedExcerpts, (int) named.excerptCount());
        }
    }

    @Override
    public synchronized void manifestDurable(Collection<Long> partitionIds) {
        disk.lastNamed = Set.copyOf(partitionIds);
        disk.segments
                .keySet()
                .removeIf(id -> !logs.containsKey(id) && !disk.lastNamed.contains(id));
    }

    @Override
    public synchronized boolean holdsDropped() {
        return !logs.keySet().containsAll(disk.segments.keySet());
    }

    @Override
    public long sizeBytes() {
        return logs.values().stream().mapToLong(PartitionLog::sizeBytes).sum();
    }

    @Override
    public void close() {}

    static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }
}
