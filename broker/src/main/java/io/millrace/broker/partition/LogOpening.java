package io.millrace.broker.partition;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds what a checkpoint says of one log on the disk. */
final class LogOpening {

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
     * @throws CorruptLogException if one is missing or too short, or the state is not a log
     */
    List<Segment> segments(LogState state) throws IOException {
        checkContiguous(state);
        List<Segment> segments = new ArrayList<>();
        for (SegmentState segment : state.segments()) {
            Path path =
                    partition.resolve(
                            SegmentDirectories.segment(segment.baseOffset(), segment.number()));
            if (!Files.exists(path)) {
                context.trash().restore(path);
            }
            segments.add(Segment.reopen(partitionId, path, context.file(path), segment));
        }
        return segments;
    }

    /** Higher than that of any segment that the state or the disk knows of. */
    long nextNumber(LogState state) throws IOException {
        long highest = SegmentDirectories.highestNumber(partition, context.trash());
        return Math.max(state.nextSegmentNumber(), highest + 1);
    }

    private void checkContiguous(LogState state) throws CorruptLogException {
        long offset = state.segments().isEmpty() ? state.startOffset() : -1;
        for (SegmentState segment : state.segments()) {
            boolean fits =
                    offset < 0
                            ? segment.baseOffset() <= state.startOffset()
                            : segment.baseOffset() == offset;
            if (!fits || segment.number() >= state.nextSegmentNumber()) {
                throw new CorruptLogException(
                        "partition "
                                + partitionId
                                + ": the checkpoint's segment "
                                + segment.number()
                                + " does not follow the one before it");
            }
            offset = segment.endOffset();
        }
        if (offset != state.endOffset()) {
            throw new CorruptLogException(
                    "partition "
                            + partitionId
                            + ": the checkpoint's segments end at "
                            + offset
                            + ", its log at "
                            + state.endOffset());
        }
    }
}
