package io.millrace.broker.partition;

import io.millrace.broker.partition.ExcerptFormat.CorruptExcerptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * The open Chronicle Queue of one segment. Whoever uses it holds a pin, and it is closed only when
 * nobody does: to read from a file that is no longer mapped crashes the JVM.
 *
 * <p>Thread-safety: pins by any thread, appends by one thread at a time, cursors each by one thread
 * at a time.
 */
final class SegmentQueue {

    static final String FILE_NAME = "segment-19700101" + SingleChronicleQueue.SUFFIX;
    static final String PRECREATED_NAME = "segment-19700101.precreated";
    static final String METADATA_NAME = SingleChronicleQueue.QUEUE_METADATA_FILE;

    /** An excerpt may be as long as the overlap of two mapped blocks, a quarter of a block. */
    static final int BLOCKS_PER_EXCERPT = 4;

    private static final int CLOSED = -1;
    private static final long LOCK_TIMEOUT_MS = 1_000;

    private final SingleChronicleQueue queue;
    private final long maxExcerptBytes;
    private final AtomicInteger pins = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long lastUsed;
    private ExcerptAppender appender;
    private SegmentIndex index;

    private SegmentQueue(SingleChronicleQueue queue, long blockBytes) {
        this.queue = queue;
        this.maxExcerptBytes = blockBytes / BLOCKS_PER_EXCERPT;
    }

    /** Opens a segment that this process began, for writing and reading. */
    static SegmentQueue openToWrite(Path directory, long blockBytes) {
        return new SegmentQueue(builder(directory, blockBytes).build(), blockBytes);
    }

    /**
     * Opens a segment that is never written again. Chronicle's table of locks and listings goes
     * first: it was never forced, may name a process of an earlier life, and would be written to.
     */
    static SegmentQueue openToRead(Path directory, long blockBytes) throws IOException {
        Files.deleteIfExists(directory.resolve(METADATA_NAME));
        return new SegmentQueue(builder(directory, blockBytes).readOnly(true).build(), blockBytes);
    }

    private static SingleChronicleQueueBuilder builder(Path directory, long blockBytes) {
        return SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(SegmentRollCycle.INSTANCE)
                .timeProvider(() -> 0)
                .blockSize(blockBytes)
                .indexCount(SegmentRollCycle.INDEX_COUNT)
                .indexSpacing(1)
                .timeoutMS(LOCK_TIMEOUT_MS)
                .checkInterrupts(false)
                .doubleBuffer(false);
    }

    /** False if the queue is closed; else it stays open until {@link #unpin}. */
    boolean tryPin(long nowNanos) {
        while (true) {
            int count = pins.get();
            if (count == CLOSED) {
                return false;
            }
            if (pins.compareAndSet(count, count + 1)) {
                lastUsed = nowNanos;
                return true;
            }
        }
    }

    void unpin() {
        pins.decrementAndGet();
    }

    boolean pinned() {
        return pins.get() > 0;
    }

    long lastUsed() {
        return lastUsed;
    }

    /** Closes the queue with its cursors unless it is pinned; true if it is closed now. */
    boolean tryClose() throws IOException {
        if (pins.compareAndSet(0, CLOSED)) {
            try {
                queue.close();
                closeIndex();
            } finally {
                closed.countDown();
            }
            return true;
        }
        return pins.get() == CLOSED;
    }

    private synchronized void closeIndex() throws IOException {
        if (index != null) {
            index.close();
        }
    }

    /** Waits until a queue whose closing has begun is closed. */
    void awaitClosed() {
        boolean interrupted = false;
        while (true) {
            try {
                closed.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes Chronicle write its header, before the first append. */
    void begin() {
        if (appender == null) {
            appender = queue.createAppender();
            appender.singleThreadedCheckDisabled(true);
        }
    }

    /**
     * Appends an excerpt.
     *
     * @param excerpt the number that it must get: the count of those before it
     * @return the place in the file after it
     */
    long append(long excerpt, ByteBuffer head, List<StoredBatch> batches) throws IOException {
        begin();
        long end;
        DocumentContext context = appender.writingDocument();
        boolean complete = false;
        try {
            Bytes<?> bytes = context.wire().bytes();
            bytes.write(head.array(), head.arrayOffset() + head.position(), head.remaining());
            for (StoredBatch batch : batches) {
                write(bytes, batch.batch().duplicate());
            }
            end = bytes.writePosition();
            complete = true;
        } finally {
            if (!complete) {
                context.rollbackOnClose();
            }
            context.close();
        }
        long got = appender.lastIndexAppended();
        if (got != excerpt) {
            throw new IOException("the queue has put excerpt " + excerpt + " at " + got);
        }
        return end;
    }

    private static void write(Bytes<?> bytes, ByteBuffer batch) {
        if (batch.hasArray()) {
            bytes.write(batch.array(), batch.arrayOffset() + batch.position(), batch.remaining());
            return;
        }
        byte[] piece = new byte[Math.min(batch.remaining(), 8192)];
        while (batch.hasRemaining()) {
            int length = Math.min(piece.length, batch.remaining());
            batch.get(piece, 0, length);
            bytes.write(piece, 0, length);
        }
    }

    /**
     * A cursor of its own; the queue must be pinned, here and at each use, and hold an excerpt.
     *
     * @throws IOException if the file cannot be opened
     * @throws CorruptExcerptException if its header is damaged
     */
    SegmentCursor newCursor() throws IOException, CorruptExcerptException {
        SegmentIndex checked = index();
        try {
            ExcerptTailer tailer = queue.createTailer();
            tailer.singleThreadedCheckDisabled(true);
            return new SegmentCursor(this, checked, tailer, maxExcerptBytes);
        } catch (Exception | AssertionError | InternalError e) {
            // Chronicle throws checked exceptions without saying so.
            throw new IOException(queue.file() + " cannot be read: " + e, e);
        }
    }

    private synchronized SegmentIndex index() throws IOException, CorruptExcerptException {
        if (index == null) {
            SegmentIndex opened = SegmentIndex.open(queue.file().toPath().resolve(FILE_NAME));
            boolean sound = false;
            try {
                opened.checkHeader();
                sound = true;
            } finally {
                if (!sound) {
                    opened.close();
                }
            }
            index = opened;
        }
        return index;
    }
}
