package io.millrace.broker.partition;

import io.millrace.broker.partition.LogReader.TrimmedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A partition log in segments, each of them a Chronicle Queue, with holes between them. Segments
 * that were trimmed or lost are kept in a list until {@link SegmentRetirement} may remove them.
 */
final class ChroniclePartitionLog implements PartitionLog {

    private final long partitionId;
    private final Path directory;
    private final StoreContext context;
    private final SegmentRetirement retirement;
    private final SegmentWriter tail;
    private final SegmentWriter filler;
    private final RecentBatches recent;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Held by whoever changes the log: the apply thread, and the one that fills holes. */
    private final Object changes = new Object();

    private volatile SegmentLimits limits;
    private volatile LogView view;
    private volatile long endOffset;
    private volatile long lastAppendTimeMs;

    private long nextSegmentNumber;

    ChroniclePartitionLog(
            long partitionId,
            Path directory,
            StoreContext context,
            SegmentLimits limits,
            LogState state,
            LogView view,
            long nextSegmentNumber) {
        this.partitionId = partitionId;
        this.directory = directory;
        this.context = context;
        this.retirement = new SegmentRetirement(context, state);
        this.tail = newWriter();
        this.filler = newWriter();
        this.recent = new RecentBatches(context.recent());
        this.nextSegmentNumber = nextSegmentNumber;
        this.view = view;
        this.endOffset = state.endOffset();
        List<Segment> segments = view.segments();
        this.lastAppendTimeMs =
                segments.isEmpty()
                        ? 0
                        : segments.get(segments.size() - 1).state().lastAppendTimeMs();
        configure(limits);
    }

    private SegmentWriter newWriter() {
        return new SegmentWriter(
                partitionId, directory, context, retirement, () -> nextSegmentNumber++);
    }

    @Override
    public long partitionId() {
        return partitionId;
    }

    @Override
    public long startOffset() {
        return view.startOffset();
    }

    @Override
    public long endOffset() {
        return endOffset;
    }

    @Override
    public long lastAppendTimeMs() {
        return lastAppendTimeMs;
    }

    @Override
    public long sizeBytes() {
        return view.sizeBytes();
    }

    LogView view() {
        return view;
    }

    SegmentRetirement retirement() {
        return retirement;
    }

    Path directory() {
        return directory;
    }

    /** What is in memory of it. */
    RecentBatches recent() {
        return recent;
    }

    @Override
    public void append(List<StoredBatch> batches) throws IOException {
        context.forcer().check();
        synchronized (changes) {
            AppendPlan plan = AppendPlan.of(batches, endOffset, lastAppendTimeMs, limits);
            Segment segment = tail.write(plan, endOffset, limits);
            view = view.with(segment);
            lastAppendTimeMs = segment.state().lastAppendTimeMs();
            recent.appended(batches, context.nanoTime().getAsLong());
            endOffset = segment.state().endOffset();
        }
        tellListeners();
    }

    @Override
    public void fill(List<StoredBatch> batches) throws IOException {
        context.forcer().check();
        synchronized (changes) {
            Filling filling = Filling.of(batches, view, limits);
            if (filling == null) {
                return;
            }
            Segment segment = filler.write(filling.plan(), filling.baseOffset(), filling.limits());
            view = view.filled(segment);
            if (filling.isLast()) {
                filler.seal();
            }
        }
        tellListeners();
    }

    private void tellListeners() {
        for (Runnable listener : listeners) {
            listener.run();
        }
    }

    @Override
    public void trim(long startOffset) {
        synchronized (changes) {
            LogView now = view;
            if (startOffset <= now.startOffset()) {
                return;
            }
            if (startOffset > endOffset) {
                throw beyondEnd("trimmed to " + startOffset);
            }
            drop(now.below(startOffset), now.trimmed(startOffset));
        }
    }

    @Override
    public void skipTo(long newEnd) {
        synchronized (changes) {
            if (newEnd < endOffset) {
                throw beyondEnd("moved back to end at " + newEnd);
            }
            if (newEnd > endOffset) {
                tail.seal();
                view = view.skipped(new OffsetRange(endOffset, newEnd));
                endOffset = newEnd;
            }
        }
        tellListeners();
    }

    private IllegalArgumentException beyondEnd(String what) {
        return new IllegalArgumentException(
                "partition "
                        + partitionId
                        + " cannot be "
                        + what
                        + ", its log ends at "
                        + endOffset);
    }

    @Override
    public Optional<OffsetRange> lose(long segmentNumber) {
        synchronized (changes) {
            Segment bad = view.ofNumber(segmentNumber);
            if (bad == null) {
                return Optional.empty();
            }
            recent.clear();
            long from = Math.max(bad.state().baseOffset(), view.startOffset());
            OffsetRange missing = new OffsetRange(from, bad.state().endOffset());
            drop(List.of(bad), view.lost(bad, missing));
            return Optional.of(missing);
        }
    }

    private void drop(List<Segment> dropped, LogView rest) {
        tail.sealAny(dropped);
        filler.sealAny(dropped);
        view = rest;
        dropped.forEach(retirement::drop);
    }

    /** Those that readers see and those that were dropped and are still on the disk. */
    List<Segment> allSegments() {
        synchronized (changes) {
            List<Segment> all = new ArrayList<>(view.segments());
            all.addAll(retirement.dropped());
            return all;
        }
    }

    /** Drops all segments; readers see a trimmed log. */
    void drop() {
        synchronized (changes) {
            recent.clear();
            drop(view.segments(), new LogView(Long.MAX_VALUE, List.of(), Holes.NONE));
            tail.seal();
            filler.seal();
        }
    }

    @Override
    public void roll() {
        tail.roll();
    }

    @Override
    public void configure(SegmentLimits newLimits) {
        if (newLimits.maxBatchBytes() < 1 || newLimits.maxBatchBytes() > Segment.MAX_BATCH_BYTES) {
            throw new IllegalArgumentException(
                    "maxBatchBytes must be between 1 and "
                            + Segment.MAX_BATCH_BYTES
                            + ", not "
                            + newLimits.maxBatchBytes());
        }
        limits = newLimits;
    }

    @Override
    public LogState state() {
        synchronized (changes) {
            LogState copy =
                    new LogState(
                            view.startOffset(), endOffset, nextSegmentNumber, segments(), holes());
            retirement.copied(copy);
            return copy;
        }
    }

    @Override
    public List<SegmentState> segments() {
        return view.segments().stream().map(Segment::state).toList();
    }

    @Override
    public List<OffsetRange> holes() {
        return view.holes().ranges();
    }

    @Override
    public long offsetAt(long timestampMs) throws IOException {
        return new TimeSearch(this, context.open()).offsetAt(timestampMs);
    }

    @Override
    public LogReader reader(long offset) {
        checkOffset(offset);
        return new ChronicleLogReader(this, context.open(), context.nanoTime(), offset);
    }

    @Override
    public LogReader follower(long offset) {
        return new FollowingReader(this, reader(offset), recent);
    }

    /**
     * Refuses what lies outside of the log; what has just been trimmed is for the reader to say.
     */
    void checkOffset(long offset) {
        if (offset < 0 || offset > endOffset) {
            throw new IllegalArgumentException(
                    "partition "
                            + partitionId
                            + " has no offset "
                            + offset
                            + ", it holds "
                            + startOffset()
                            + " to "
                            + endOffset);
        }
    }

    TrimmedException trimmed(long offset) {
        return new TrimmedException(
                "partition "
                        + partitionId
                        + " begins at offset "
                        + startOffset()
                        + ", offset "
                        + offset
                        + " has been trimmed");
    }

    @Override
    public void addAppendListener(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void removeAppendListener(Runnable listener) {
        listeners.remove(listener);
    }
}
