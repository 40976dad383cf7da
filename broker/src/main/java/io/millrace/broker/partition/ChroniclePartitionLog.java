package io.millrace.broker.partition;

import io.millrace.broker.partition.LogReader.TrimmedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition log in segments, each of them a Chronicle Queue. Segments that were trimmed are kept
 * in a list until {@link SegmentRetirement} may remove them.
 */
final class ChroniclePartitionLog implements PartitionLog {

    private static final Logger LOG = LoggerFactory.getLogger(ChroniclePartitionLog.class);

    private final long partitionId;
    private final Path directory;
    private final StoreContext context;
    private final SegmentRetirement retirement;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private volatile SegmentLimits limits;
    private volatile boolean rollRequested;
    private volatile LogView view;
    private volatile long endOffset;
    private volatile long lastAppendTimeMs;

    private long nextSegmentNumber;
    private Segment active;

    ChroniclePartitionLog(
            long partitionId,
            Path directory,
            StoreContext context,
            SegmentLimits limits,
            LogState state,
            List<Segment> segments,
            long nextSegmentNumber) {
        this.partitionId = partitionId;
        this.directory = directory;
        this.context = context;
        this.retirement = new SegmentRetirement(context, state);
        this.nextSegmentNumber = nextSegmentNumber;
        this.view = new LogView(state.startOffset(), segments);
        this.endOffset = state.endOffset();
        this.lastAppendTimeMs =
                segments.isEmpty()
                        ? 0
                        : segments.get(segments.size() - 1).state().lastAppendTimeMs();
        configure(limits);
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

    @Override
    public void append(List<StoredBatch> batches) throws IOException {
        context.forcer().check();
        AppendPlan plan = AppendPlan.of(batches, endOffset, lastAppendTimeMs, limits);
        Segment segment = segmentFor(plan);
        SegmentState appended = write(segment, plan);
        segment.publish(appended);
        LogView now = view;
        List<Segment> segments = now.segments();
        if (segments.isEmpty() || segments.get(segments.size() - 1) != segment) {
            view = now.with(segment);
        }
        lastAppendTimeMs = appended.lastAppendTimeMs();
        endOffset = appended.endOffset();
        for (Runnable listener : listeners) {
            listener.run();
        }
    }

    private Segment segmentFor(AppendPlan plan) {
        Segment present = active;
        if (present != null && isFull(present, plan)) {
            seal();
            present = null;
        }
        if (present == null) {
            rollRequested = false;
            long number = nextSegmentNumber++;
            Path path = directory.resolve(SegmentDirectories.segment(endOffset, number));
            present =
                    Segment.begin(
                            partitionId,
                            path,
                            context.file(path),
                            number,
                            endOffset,
                            limits.maxBatchBytes());
            active = present;
        }
        return present;
    }

    private boolean isFull(Segment segment, AppendPlan plan) {
        SegmentState state = segment.state();
        SegmentLimits now = limits;
        if (segment.maxBatchBytes() < now.maxBatchBytes()) {
            return true;
        }
        return state.excerptCount() > 0 && (rollRequested || !plan.mayFollow(state, now));
    }

    /** Ends the present segment; its file is forced soon and then closed. */
    private void seal() {
        Segment full = active;
        active = null;
        if (full != null) {
            full.seal();
            if (full.state().excerptCount() == 0) {
                retirement.drop(full);
            }
            context.forcer().addSealed(full.file());
        }
    }

    private SegmentState write(Segment segment, AppendPlan plan) throws IOException {
        segment.createDirectory();
        segment.file().beginWrite();
        try {
            segment.prepare(plan.bytes());
            return writeExcerpts(segment, plan);
        } finally {
            if (segment.file().endWrite(context.nanoTime().getAsLong())) {
                context.forcer().add(segment.file());
            }
        }
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

    @Override
    public void trim(long startOffset) {
        LogView now = view;
        if (startOffset <= now.startOffset()) {
            return;
        }
        if (startOffset > endOffset) {
            throw new IllegalArgumentException(
                    "partition "
                            + partitionId
                            + " cannot be trimmed to "
                            + startOffset
                            + ", its log ends at "
                            + endOffset);
        }
        List<Segment> dropped = now.below(startOffset);
        if (dropped.contains(active)) {
            seal();
        }
        drop(dropped, now.trimmed(startOffset));
    }

    /** A checkpoint that forces the log meanwhile finds each segment in one place or the other. */
    private void drop(List<Segment> dropped, LogView rest) {
        synchronized (retirement) {
            view = rest;
            dropped.forEach(retirement::drop);
        }
    }

    /** Those that readers see and those that were dropped and are still on the disk. */
    List<Segment> allSegments() {
        synchronized (retirement) {
            List<Segment> all = new ArrayList<>(view.segments());
            all.addAll(retirement.dropped());
            return all;
        }
    }

    /** Drops all segments; readers see a trimmed log. */
    void drop() {
        seal();
        drop(view.segments(), new LogView(Long.MAX_VALUE, List.of()));
    }

    @Override
    public void roll() {
        rollRequested = true;
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
        LogState copy = new LogState(view.startOffset(), endOffset, nextSegmentNumber, segments());
        retirement.copied(copy);
        return copy;
    }

    @Override
    public List<SegmentState> segments() {
        return view.segments().stream().map(Segment::state).toList();
    }

    @Override
    public long offsetAt(long timestampMs) throws IOException {
        while (true) {
            long end = endOffset;
            LogView now = view;
            Segment segment = now.findTime(timestampMs);
            if (segment == null) {
                return end;
            }
            try {
                long offset = context.open().offsetAt(segment, timestampMs);
                return Math.max(offset, now.startOffset());
            } catch (TrimmedException e) {
                LOG.debug("{} was trimmed during a search", segment);
            }
        }
    }

    @Override
    public LogReader reader(long offset) {
        checkOffset(offset);
        return new ChronicleLogReader(this, context.open(), context.nanoTime(), offset);
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
