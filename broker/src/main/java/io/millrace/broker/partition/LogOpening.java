package io.millrace.broker.partition;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what a checkpoint says of one log on the disk. */
final class LogOpening {

    private static final Logger LOG = LoggerFactory.getLogger(LogOpening.class);

    private final long partitionId;
    private final Path partition;
    private final StoreContext context;

    LogOpening(long partitionId, Path partition, StoreContext context) {
        this.partitionId = partitionId;
        this.partition = partition;
        this.context = context;
    }

    /**
     * The segments of the state. One that an older checkpoint names may have gone to the trash
     * since; it comes back.
     *
     * @throws CorruptLogException if one is missing or damaged and that is refused, or if the state
     *     is not that of a log
     */
    LogView view(LogState state, DamagePolicy damage) throws IOException {
        checkContiguous(state);
        List<Segment> segments = new ArrayList<>();
        Holes holes = new Holes(state.holes());
        for (SegmentState segment : state.segments()) {
            try {
                segments.add(reopen(segment, damage));
            } catch (CorruptLogException e) {
                if (damage == DamagePolicy.REFUSE) {
                    throw e;
                }
                long from = Math.max(segment.baseOffset(), state.startOffset());
                LOG.warn(
                        "Partition {}: offsets {} to {} are lost here and will be fetched: {}",
                        partitionId,
                        from,
                        segment.endOffset(),
                        e.getMessage());
                holes = holes.plus(new OffsetRange(from, segment.endOffset()));
            }
        }
        return new LogView(state.startOffset(), segments, holes);
    }

    private Segment reopen(SegmentState state, DamagePolicy damage) throws IOException {
        Path path =
                partition.resolve(SegmentDirectories.segment(state.baseOffset(), state.number()));
        if (!Files.exists(path)) {
            context.trash().restore(path);
        }
        Segment segment = Segment.reopen(partitionId, path, context.file(path), state);
        if (damage == DamagePolicy.LEAVE_HOLE) {
            segment.checkHeader();
        }
        return segment;
    }

    /** Higher than that of any segment that the state or the disk knows of. */
    long nextNumber(LogState state) throws IOException {
        long highest = SegmentDirectories.highestNumber(partition, context.trash());
        return Math.max(state.nextSegmentNumber(), highest + 1);
    }

    /** Segments and holes must follow each other from the start to the end. */
    private void checkContiguous(LogState state) throws CorruptLogException {
        Iterator<OffsetRange> holes = state.holes().iterator();
        OffsetRange hole = next(holes);
        long offset = state.startOffset();
        boolean first = true;
        for (SegmentState segment : state.segments()) {
            while (hole != null && hole.from() == offset && hole.from() < segment.baseOffset()) {
                offset = hole.to();
                hole = next(holes);
                first = false;
            }
            boolean fits = first ? segment.baseOffset() <= offset : segment.baseOffset() == offset;
            if (!fits || segment.number() >= state.nextSegmentNumber()) {
                throw broken("segment " + segment.number() + " does not follow what is before it");
            }
            offset = segment.endOffset();
            first = false;
        }
        while (hole != null && hole.from() == offset) {
            offset = hole.to();
            hole = next(holes);
        }
        if (hole != null) {
            throw broken("hole from " + hole + " does not follow what is before it");
        }
        if (offset != state.endOffset()) {
            throw broken("segments end at " + offset + ", its log at " + state.endOffset());
        }
    }

    private static OffsetRange next(Iterator<OffsetRange> holes) {
        return holes.hasNext() ? holes.next() : null;
    }

    private CorruptLogException broken(String what) {
        return new CorruptLogException("partition " + partitionId + ": the checkpoint's " + what);
    }
}
