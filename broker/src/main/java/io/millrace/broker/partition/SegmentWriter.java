package io.millrace.broker.partition;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Writes batches into segments that it begins and ends. Confined to whoever holds the log's lock;
 * {@link #roll} may be called by any thread.
 */
final class SegmentWriter {

    private final long partitionId;
    private final Path directory;
    private final StoreContext context;
    private final SegmentRetirement retirement;
    private final LongSupplier numbers;

    private volatile boolean rollRequested;
    private Segment present;

    /**
     * @param directory the partition's
     * @param retirement takes segments that were begun and never written
     * @param numbers gives a number that no other segment has or had
     */
    SegmentWriter(
            long partitionId,
            Path directory,
            StoreContext context,
            SegmentRetirement retirement,
            LongSupplier numbers) {
        this.partitionId = partitionId;
        this.directory = directory;
        this.context = context;
        this.retirement = retirement;
        this.numbers = numbers;
    }

    /** Begins a new segment with the next write; no effect on an empty one. */
    void roll() {
        rollRequested = true;
    }

    /**
     * Writes what was planned, and shows it to those who have the segment in their view.
     *
     * @param baseOffset where it begins
     * @return the segment that holds it
     * @throws PartitionLog.DiskFullException if the disk is full; nothing is changed
     * @throws IOException if the disk failed; the broker must stop
     */
    Segment write(AppendPlan plan, long baseOffset, SegmentLimits limits) throws IOException {
        Segment segment = segmentFor(plan, baseOffset, limits);
        segment.createDirectory();
        segment.file().beginWrite();
        try {
            segment.prepare(plan.bytes());
            segment.publish(writeExcerpts(segment, plan));
        } finally {
            if (segment.file().endWrite(context.nanoTime().getAsLong())) {
                context.forcer().add(segment.file());
            }
        }
        return segment;
    }

    /** Ends the present segment; its file is forced soon and then closed. */
    void seal() {
        Segment full = present;
        present = null;
        if (full != null) {
            full.seal();
            if (full.state().excerptCount() == 0) {
                retirement.drop(full);
            }
            context.forcer().addSealed(full.file());
        }
    }

    /** Ends the present segment if it is among these. */
    void sealAny(List<Segment> segments) {
        if (present != null && segments.contains(present)) {
            seal();
        }
    }

    private Segment segmentFor(AppendPlan plan, long baseOffset, SegmentLimits limits) {
        if (present != null && isFull(plan, baseOffset, limits)) {
            seal();
        }
        if (present == null) {
            rollRequested = false;
            long number = numbers.getAsLong();
            Path path = directory.resolve(SegmentDirectories.segment(baseOffset, number));
            present =
                    Segment.begin(
                            partitionId,
                            path,
                            context.file(path),
                            number,
                            baseOffset,
                            limits.maxBatchBytes());
        }
        return present;
    }

    private boolean isFull(AppendPlan plan, long baseOffset, SegmentLimits limits) {
        SegmentState state = present.state();
        if (state.endOffset() != baseOffset || present.maxBatchBytes() < limits.maxBatchBytes()) {
            return true;
        }
        return state.excerptCount() > 0 && (rollRequested || !plan.mayFollow(state, limits));
    }

    private SegmentState writeExcerpts(Segment segment, AppendPlan plan) throws IOException {
        SegmentQueue queue = context.open().pin(segment);
        try {
            SegmentState state = segment.state();
            for (List<StoredBatch> excerpt : plan.excerpts()) {
                state = segment.append(queue, state, excerpt);
            }
            return state;
        } catch (Exception | Error e) {
            // Chronicle throws checked exceptions without saying so.
            seal();
            throw context.forcer().fail(e);
        } finally {
            queue.unpin();
        }
    }
}
