package io.millrace.broker.partition;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        state.check(partitionId);
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
}
