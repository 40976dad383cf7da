package io.millrace.broker.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One segment of a partition log: a directory with a Chronicle Queue, and the state that says how
 * much of it counts.
 *
 * <p>Thread-safety: appends by one thread at a time, all else by any.
 */
final class Segment {

    /** The longest batch that any segment can take, in bytes. */
    static final int MAX_BATCH_BYTES = 8 * 1024 * 1024;

    private static final int EXCERPT_SLACK_BYTES = 64 * 1024;

    /** Segments of an earlier life are mapped so that the longest batch of all can be read. */
    private static final long READ_BLOCK_BYTES = blockBytes(MAX_BATCH_BYTES);

    /** Chronicle's table of locks takes less; from the start it must not hit a full disk. */
    private static final int METADATA_BYTES = 8 * 1024;

    private static final int SLACK_BYTES = 4096;

    private final long partitionId;
    private final Path directory;
    private final SegmentFile file;
    private final ExcerptFormat format;
    private final int maxBatchBytes;
    private final AtomicReference<SegmentQueue> queue = new AtomicReference<>();

    private volatile SegmentState state;
    private volatile boolean sealed;
    private volatile boolean directoryForced;
    private boolean created;
    private boolean gone;
    private long writeEnd;

    private Segment(
            long partitionId, Path directory, SegmentFile file, SegmentState state, int maxBatch) {
        this.partitionId = partitionId;
        this.directory = directory;
        this.file = file;
        this.state = state;
        this.maxBatchBytes = maxBatch;
        this.format = new ExcerptFormat(partitionId, state.number());
    }

    /** A new segment; nothing is on the disk before the first append. */
    static Segment begin(
            long partitionId,
            Path directory,
            SegmentFile file,
            long number,
            long baseOffset,
            int maxBatchBytes) {
        SegmentState empty = new SegmentState(number, baseOffset, baseOffset, 0, 0, 0, 0);
        return new Segment(partitionId, directory, file, empty, maxBatchBytes);
    }

    /** A segment of an earlier life, only to be read. */
    static Segment reopen(long partitionId, Path directory, SegmentFile file, SegmentState state)
            throws IOException {
        Segment segment = new Segment(partitionId, directory, file, state, MAX_BATCH_BYTES);
        segment.sealed = true;
        segment.directoryForced = true;
        Path path = file.path();
        long length = Files.exists(path) ? Files.size(path) : -1;
        if (length < state.sizeBytes()) {
            throw new LogReader.CorruptLogException(
                    segment
                            + ": the checkpoint says that "
                            + path
                            + " holds "
                            + state.sizeBytes()
                            + " bytes, but "
                            + (length < 0 ? "it is missing" : "it has " + length),
                    state.number());
        }
        return segment;
    }

    private static long blockBytes(int maxBatchBytes) {
        int pieces = maxBatchBytes / EXCERPT_SLACK_BYTES + 2;
        return (long) pieces * EXCERPT_SLACK_BYTES * SegmentQueue.BLOCKS_PER_EXCERPT;
    }

    Path directory() {
        return directory;
    }

    SegmentFile file() {
        return file;
    }

    SegmentState state() {
        return state;
    }

    ExcerptFormat format() {
        return format;
    }

    int maxBatchBytes() {
        return maxBatchBytes;
    }

    /** What an excerpt of this segment may take, header and entries included. */
    int maxExcerptBytes() {
        return maxBatchBytes + EXCERPT_SLACK_BYTES;
    }

    boolean contains(long offset) {
        SegmentState now = state;
        return offset >= now.baseOffset() && offset < now.endOffset();
    }

    /** Nothing is appended from now on. */
    void seal() {
        sealed = true;
    }

    boolean isSealed() {
        return sealed;
    }

    /** Creates the directory, before anything is done to the file. */
    void createDirectory() throws IOException {
        if (!created) {
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                throw file.space().explain(e, METADATA_BYTES, directory);
            }
        }
    }

    /**
     * Makes the segment ready for an excerpt: its files exist and are filled with zeros beyond
     * whatever the append will write.
     *
     * @throws PartitionLog.DiskFullException if the disk is full; may be repeated
     */
    void prepare(long excerptBytes) throws IOException {
        file.fill(writeEnd + excerptBytes + 2L * SegmentRollCycle.INDEX_PAGE_BYTES + SLACK_BYTES);
        if (!created) {
            file.space().require(METADATA_BYTES, directory);
            Path metadata = directory.resolve(SegmentQueue.METADATA_NAME);
            try {
                Files.write(metadata, new byte[METADATA_BYTES]);
            } catch (IOException e) {
                throw file.space().explain(e, METADATA_BYTES, metadata);
            }
            created = true;
        }
    }

    /**
     * Writes an excerpt after those of a state, which readers do not see before {@link #publish}.
     *
     * @return the state with it
     */
    SegmentState append(SegmentQueue open, SegmentState before, List<StoredBatch> batches)
            throws IOException {
        ByteBuffer head = format.encodeHead(batches);
        writeEnd = open.append(before.excerptCount(), head, batches);
        StoredBatch last = batches.get(batches.size() - 1);
        boolean first = before.excerptCount() == 0;
        return new SegmentState(
                before.number(),
                before.baseOffset(),
                last.endOffset(),
                before.excerptCount() + 1,
                writeEnd,
                first ? batches.get(0).appendTimeMs() : before.firstAppendTimeMs(),
                last.appendTimeMs());
    }

    /** Shows readers what was appended. */
    void publish(SegmentState appended) {
        state = appended;
    }

    /** The open queue, or null; it may be closing. */
    SegmentQueue queue() {
        return queue.get();
    }

    /** Opens the queue; the caller sees to it that this happens once at a time. */
    SegmentQueue openQueue() throws IOException {
        assert Thread.holdsLock(this);
        if (gone) {
            throw new LogReader.TrimmedException(this + " has been trimmed");
        }
        SegmentQueue opened =
                sealed
                        ? SegmentQueue.openToRead(directory, READ_BLOCK_BYTES)
                        : SegmentQueue.openToWrite(directory, blockBytes(maxBatchBytes));
        queue.set(opened);
        return opened;
    }

    /**
     * Checks the header of the file.
     *
     * @throws LogReader.CorruptLogException if it is damaged
     */
    void checkHeader() throws IOException {
        try (SegmentIndex index = SegmentIndex.open(file.path())) {
            index.checkHeader();
        } catch (ExcerptFormat.CorruptExcerptException e) {
            throw corrupt(state.baseOffset(), 0, e.getMessage(), e);
        }
    }

    /**
     * A cursor of its own over the queue, which must be pinned.
     *
     * @throws LogReader.CorruptLogException if the file's header is damaged
     */
    SegmentCursor newCursor(SegmentQueue pinned) throws IOException {
        try {
            return pinned.newCursor();
        } catch (ExcerptFormat.CorruptExcerptException e) {
            throw corrupt(state.baseOffset(), 0, e.getMessage(), e);
        }
    }

    /** An excerpt is not what was written. */
    LogReader.CorruptLogException corrupt(long offset, long excerpt, String what, Throwable cause) {
        LogReader.CorruptLogException corrupt =
                new LogReader.CorruptLogException(
                        this
                                + " offset "
                                + offset
                                + ": excerpt "
                                + excerpt
                                + " is corrupt: "
                                + what,
                        state.number());
        corrupt.initCause(cause);
        return corrupt;
    }

    /** Forgets a queue that was closed. */
    void closed(SegmentQueue old) {
        queue.compareAndSet(old, null);
    }

    /**
     * Makes the names in the segment's directory durable, once.
     *
     * @return whether that was needed
     */
    boolean forceDirectory() throws IOException {
        if (directoryForced) {
            return false;
        }
        SegmentDirectories.force(directory);
        directoryForced = true;
        return true;
    }

    /** The queue is never opened again. */
    synchronized void abandon() {
        gone = true;
    }

    @Override
    public String toString() {
        return "partition " + partitionId + " segment " + state.number();
    }
}
