package io.millrace.broker.partition;

import io.millrace.broker.partition.LogReader.MissingException;
import io.millrace.broker.partition.LogReader.TrimmedException;
import io.millrace.broker.partition.MemoryPartitionLogStore.Disk;
import io.millrace.broker.partition.MemoryPartitionLogStore.MemorySegment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** One log of {@link MemoryPartitionLogStore}. */
final class MemoryPartitionLog implements PartitionLog {

    private final long partitionId;
    private final Disk disk;
    private final List<MemorySegment> segments;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private Holes holes;
    private SegmentLimits limits;
    private long nextSegmentNumber;
    private long startOffset;
    private long endOffset;
    private long lastAppendTimeMs;
    private boolean roll;

    MemoryPartitionLog(
            long partitionId,
            Disk disk,
            SegmentLimits limits,
            LogState state,
            List<MemorySegment> segments,
            Holes holes,
            long nextSegmentNumber) {
        this.partitionId = partitionId;
        this.disk = disk;
        this.limits = limits;
        this.segments = segments;
        this.holes = holes;
        this.nextSegmentNumber = nextSegmentNumber;
        this.startOffset = state.startOffset();
        this.endOffset = state.endOffset();
        if (!segments.isEmpty()) {
            lastAppendTimeMs = segments.get(segments.size() - 1).state().lastAppendTimeMs();
        }
    }

    @Override
    public long partitionId() {
        return partitionId;
    }

    @Override
    public synchronized long startOffset() {
        return startOffset;
    }

    @Override
    public synchronized long endOffset() {
        return endOffset;
    }

    @Override
    public synchronized long lastAppendTimeMs() {
        return lastAppendTimeMs;
    }

    @Override
    public synchronized long sizeBytes() {
        return segments.stream().mapToLong(segment -> segment.state().sizeBytes()).sum();
    }

    @Override
    public void append(List<StoredBatch> batches) throws IOException {
        synchronized (this) {
            disk.beforeAppend();
            AppendPlan plan = AppendPlan.of(batches, endOffset, lastAppendTimeMs, limits);
            MemorySegment segment = segmentFor(plan);
            segment.add(plan);
            StoredBatch last = batches.get(batches.size() - 1);
            endOffset = last.endOffset();
            lastAppendTimeMs = last.appendTimeMs();
        }
        listeners.forEach(Runnable::run);
    }

    private MemorySegment segmentFor(AppendPlan plan) {
        MemorySegment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        boolean full =
                last == null
                        || last.sealed
                        || last.state().endOffset() != endOffset
                        || roll
                        || last.maxBatchBytes < limits.maxBatchBytes()
                        || !plan.mayFollow(last.state(), limits);
        if (!full) {
            return last;
        }
        roll = false;
        MemorySegment next = begin(endOffset);
        segments.add(next);
        return next;
    }

    private MemorySegment begin(long baseOffset) {
        MemorySegment next = new MemorySegment(nextSegmentNumber++, baseOffset);
        next.maxBatchBytes = limits.maxBatchBytes();
        disk.segments.get(partitionId).put(next.number, next);
        return next;
    }

    @Override
    public void fill(List<StoredBatch> batches) throws IOException {
        synchronized (this) {
            disk.beforeAppend();
            Filling filling =
                    Filling.of(batches, new LogView(startOffset, List.of(), holes), limits);
            if (filling == null) {
                return;
            }
            MemorySegment filler = begin(filling.baseOffset());
            filler.sealed = true;
            filler.add(filling.plan());
            segments.add(filler);
            segments.sort(Comparator.comparingLong(segment -> segment.baseOffset));
            holes = holes.minus(filler.baseOffset, filler.state().endOffset());
        }
        listeners.forEach(Runnable::run);
    }

    @Override
    public void skipTo(long newEnd) {
        synchronized (this) {
            if (newEnd < endOffset) {
                throw new IllegalArgumentException(
                        "partition " + partitionId + " ends at " + endOffset + ", not " + newEnd);
            }
            if (newEnd > endOffset) {
                holes = holes.plus(new OffsetRange(endOffset, newEnd));
                endOffset = newEnd;
            }
        }
        listeners.forEach(Runnable::run);
    }

    @Override
    public synchronized List<OffsetRange> holes() {
        return holes.ranges();
    }

    @Override
    public synchronized Optional<OffsetRange> lose(long segmentNumber) {
        for (MemorySegment segment : segments) {
            if (segment.number == segmentNumber) {
                long from = Math.max(segment.baseOffset, startOffset);
                OffsetRange lost = new OffsetRange(from, segment.state().endOffset());
                segments.remove(segment);
                holes = holes.plus(lost);
                return Optional.of(lost);
            }
        }
        return Optional.empty();
    }

    static StoredBatch copy(StoredBatch batch) {
        return new StoredBatch(
                batch.baseOffset(),
                batch.recordCount(),
                batch.raftIndex(),
                batch.leaderEpoch(),
                batch.appendTimeMs(),
                MemoryPartitionLogStore.copy(batch.batch()));
    }

    @Override
    public synchronized void trim(long newStart) {
        if (newStart <= startOffset) {
            return;
        }
        if (newStart > endOffset) {
            throw new IllegalArgumentException(
                    "partition " + partitionId + " ends at " + endOffset + ", not " + newStart);
        }
        startOffset = newStart;
        holes = holes.minus(0, newStart);
        segments.removeIf(segment -> segment.state().endOffset() <= newStart);
    }

    synchronized void drop() {
        segments.clear();
        holes = Holes.NONE;
        startOffset = Long.MAX_VALUE;
    }

    @Override
    public synchronized void roll() {
        roll = true;
    }

    @Override
    public synchronized void configure(SegmentLimits newLimits) {
        limits = newLimits;
    }

    @Override
    public synchronized LogState state() {
        return new LogState(startOffset, endOffset, nextSegmentNumber, segments(), holes.ranges());
    }

    @Override
    public synchronized List<SegmentState> segments() {
        return segments.stream().map(MemorySegment::state).toList();
    }

    @Override
    public synchronized long offsetAt(long timestampMs) throws MissingException {
        for (MemorySegment segment : segments) {
            for (StoredBatch batch : segment.batches) {
                if (batch.appendTimeMs() >= timestampMs && batch.endOffset() > startOffset) {
                    return found(batch.baseOffset());
                }
            }
        }
        return found(endOffset);
    }

    private long found(long offset) throws MissingException {
        OffsetRange hole = holes.endingAt(offset);
        if (hole != null) {
            throw new MissingException(partitionId, hole);
        }
        return Math.max(offset, startOffset);
    }

    @Override
    public LogReader reader(long offset) {
        checkOffset(offset);
        return new Reader(offset);
    }

    private synchronized void checkOffset(long offset) {
        if (offset < 0 || offset > endOffset) {
            throw new IllegalArgumentException(
                    "partition " + partitionId + " ends at " + endOffset + ", not " + offset);
        }
    }

    @Override
    public void addAppendListener(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void removeAppendListener(Runnable listener) {
        listeners.remove(listener);
    }

    private final class Reader implements LogReader {

        private long position;

        Reader(long position) {
            this.position = position;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public List<StoredBatch> read(int maxBytes) throws IOException {
            synchronized (MemoryPartitionLog.this) {
                if (position < startOffset) {
                    throw new TrimmedException(
                            "partition " + partitionId + " begins at " + startOffset);
                }
                OffsetRange hole = holes.at(position);
                if (hole != null) {
                    throw new MissingException(partitionId, hole);
                }
                List<StoredBatch> read = new ArrayList<>();
                long bytes = 0;
                for (MemorySegment segment : segments) {
                    for (StoredBatch batch : segment.batches) {
                        if (batch.endOffset() <= position) {
                            continue;
                        }
                        if (holes.at(position) != null) {
                            return read;
                        }
                        bytes += batch.batch().remaining();
                        if (!read.isEmpty() && bytes > maxBytes) {
                            return read;
                        }
                        read.add(copy(batch));
                        position = batch.endOffset();
                    }
                }
                return read;
            }
        }

        @Override
        public void seek(long offset) {
            checkOffset(offset);
            position = offset;
        }

        @Override
        public void close() {}
    }
}
