package io.millrace.broker.shard;

import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.LogState;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.SegmentLimits;
import io.millrace.broker.partition.SegmentState;
import io.millrace.broker.partition.StoredBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One log of a {@link FakeLogStore}. */
final class FakeLog implements PartitionLog {

    private final long partitionId;
    private final TreeMap<Long, List<List<StoredBatch>>> stored;
    private final FakeLogStore.Disk disk;
    private final List<SegmentState> segments;
    private SegmentLimits limits;
    private long start;
    private long end;
    private long nextNumber;
    private long lastAppendTimeMs;
    private boolean roll = true;

    FakeLog(
            long partitionId,
            SegmentLimits limits,
            LogState state,
            TreeMap<Long, List<List<StoredBatch>>> stored,
            FakeLogStore.Disk disk) {
        this.partitionId = partitionId;
        this.limits = limits;
        this.stored = stored;
        this.disk = disk;
        this.segments = new ArrayList<>(state.segments());
        this.start = state.startOffset();
        this.end = state.endOffset();
        this.nextNumber = state.nextSegmentNumber();
        this.lastAppendTimeMs =
                segments.isEmpty() ? 0 : segments.get(segments.size() - 1).lastAppendTimeMs();
    }

    Set<Long> numbers() {
        return segments.stream().map(SegmentState::number).collect(Collectors.toSet());
    }

    /** All batches at or after the log start, in order. */
    List<StoredBatch> batches() {
        List<StoredBatch> all = new ArrayList<>();
        for (SegmentState segment : segments) {
            List<List<StoredBatch>> excerpts = stored.get(segment.number());
            for (int i = 0; i < segment.excerptCount(); i++) {
                for (StoredBatch batch : excerpts.get(i)) {
                    if (batch.endOffset() > start) {
                        all.add(batch);
                    }
                }
            }
        }
        return all;
    }

    @Override
    public void append(List<StoredBatch> batches) throws IOException {
        disk.beforeAppend();
        long bytes = 0;
        long next = end;
        List<StoredBatch> copies = new ArrayList<>();
        for (StoredBatch batch : batches) {
            if (batch.baseOffset() != next) {
                throw new IllegalArgumentException("expected " + next + ", got " + batch);
            }
            next = batch.endOffset();
            bytes += batch.batch().remaining();
            copies.add(copy(batch));
        }
        SegmentState last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        long firstTime = batches.get(0).appendTimeMs();
        lastAppendTimeMs = batches.get(batches.size() - 1).appendTimeMs();
        if (roll || last == null || last.sizeBytes() >= limits.maxBytes()) {
            roll = false;
            stored.put(nextNumber, new ArrayList<>(List.of(copies)));
            segments.add(
                    new SegmentState(
                            nextNumber++, end, next, 1, bytes, firstTime, lastAppendTimeMs));
        } else {
            stored.get(last.number()).add(copies);
            segments.set(
                    segments.size() - 1,
                    new SegmentState(
                            last.number(),
                            last.baseOffset(),
                            next,
                            last.excerptCount() + 1,
                            last.sizeBytes() + bytes,
                            last.firstAppendTimeMs(),
                            lastAppendTimeMs));
        }
        end = next;
    }

    private static StoredBatch copy(StoredBatch batch) {
        ByteBuffer bytes = ByteBuffer.allocate(batch.batch().remaining());
        bytes.put(batch.batch().duplicate()).flip();
        return new StoredBatch(
                batch.baseOffset(),
                batch.recordCount(),
                batch.raftIndex(),
                batch.leaderEpoch(),
                batch.appendTimeMs(),
                bytes);
    }

    @Override
    public void trim(long startOffset) {
        start = Math.max(start, startOffset);
        boolean lastDropped = segments.removeIf(segment -> segment.endOffset() <= start);
        roll |= lastDropped && segments.isEmpty();
    }

    @Override
    public void roll() {
        roll = true;
    }

    @Override
    public void configure(SegmentLimits newLimits) {
        limits = newLimits;
    }

    @Override
    public LogState state() {
        return new LogState(start, end, nextNumber, segments);
    }

    @Override
    public List<SegmentState> segments() {
        return List.copyOf(segments);
    }

    @Override
    public long partitionId() {
        return partitionId;
    }

    @Override
    public long startOffset() {
        return start;
    }

    @Override
    public long endOffset() {
        return end;
    }

    @Override
    public long lastAppendTimeMs() {
        return lastAppendTimeMs;
    }

    @Override
    public long sizeBytes() {
        return segments.stream().mapToLong(SegmentState::sizeBytes).sum();
    }

    @Override
    public long offsetAt(long timestampMs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public LogReader reader(long offset) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void addAppendListener(Runnable listener) {}

    @Override
    public void removeAppendListener(Runnable listener) {}
}
