package io.millrace.broker.partition;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.IORuntimeException;
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
    boolean tryClose() {
        if (pins.compareAndSet(0, CLOSED)) {
            queue.close();
            closed.countDown();
            return true;
        }
        return pins.get() == CLOSED;
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
     * A cursor of its own; the queue must be pinned, here and at each use.
     *
     * @throws IOException if Chronicle cannot open the file or does not understand its header
     */
    SegmentCursor newCursor() throws IOException {
        ExcerptTailer tailer;
        try {
            tailer = queue.createTailer();
        } catch (Exception | AssertionError | InternalError e) {
            // Chronicle throws checked exceptions without saying so.
            throw unreadable(e);
        }
        tailer.singleThreadedCheckDisabled(true);
        return new SegmentCursor(this, tailer, maxExcerptBytes);
    }

    private IOException unreadable(Throwable cause) {
        String message = queue.file() + " cannot be read: " + cause;
        if (cause instanceof FileNotFoundException
                || cause instanceof IORuntimeException && cause.getCause() instanceof IOException) {
            return new IOException(message, cause);
        }
        LogReader.CorruptLogException corrupt = new LogReader.CorruptLogException(message);
        corrupt.initCause(cause);
        return corrupt;
    }
}
