package io.millrace.broker.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The file of a segment seen as something to be filled with zeros and forced.
 *
 * <p>It is open from its first dirty byte until it is forced: the kernel reports a failed write
 * only to descriptors that were open when it failed.
 *
 * <p>Thread-safety: filling by the appending thread, all else by any.
 */
final class SegmentFile {

    /**
     * Fillings end at multiples of this. The kernel then caches a filling as one folio of aligned
     * pages, not as many, and takes one fault for it when the map is written. Larger ones would
     * cost less still, but a force writes a folio whole, and all zeros that lie ahead.
     */
    static final int FILL_BYTES = 64 * 1024;

    /** As many as one call writes: excerpts may be larger than a filling. */
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(4 * FILL_BYTES);

    private final Path path;
    private final Path precreated;
    private final DataFile.Opener opener;
    private final DiskSpace space;
    private final ReentrantLock forceLock = new ReentrantLock();
    private long filled;

    private DataFile file;
    private long writes;
    private long forced;
    private long dirtySince;
    private boolean forcing;
    private boolean forceFailed;
    private boolean discarded;
    private boolean used;
    private boolean writing;

    SegmentFile(Path directory, DataFile.Opener opener, DiskSpace space) {
        this.path = directory.resolve(SegmentQueue.FILE_NAME);
        this.precreated = directory.resolve(SegmentQueue.PRECREATED_NAME);
        this.opener = opener;
        this.space = space;
    }

    DiskSpace space() {
        return space;
    }

    Path path() {
        return path;
    }

    /** How far the file is known to be filled. */
    long filled() {
        return filled;
    }

    /**
     * Fills the file with zeros up to a place at least, and no further than to the next multiple of
     * {@link #FILL_BYTES}, from where the last filling ended. All that was ever appended lies
     * before that, so nothing is overwritten. Only between {@link #beginWrite} and {@link
     * #endWrite}.
     *
     * @throws PartitionLog.DiskFullException if the free space does not allow it; may be repeated
     */
    void fill(long upTo) throws IOException {
        if (filled >= upTo) {
            return;
        }
        long target = (upTo + FILL_BYTES - 1) / FILL_BYTES * FILL_BYTES;
        space.require(target - filled, path);
        DataFile open = file();
        while (filled < target) {
            ByteBuffer zeros = ZEROS.duplicate();
            zeros.limit((int) Math.min(zeros.capacity(), target - filled));
            int length = zeros.remaining();
            try {
                open.write(zeros, filled);
            } catch (IOException e) {
                throw space.explain(e, length, path);
            }
            filled += length;
        }
    }

    /**
     * Bytes are about to be written, through this file or a map; it stays open meanwhile.
     *
     * @throws PartitionLog.DiskFullException if there is no room for it; may be repeated
     */
    synchronized void beginWrite() throws IOException {
        if (file == null) {
            // Chronicle takes the precreated file by renaming it when it writes its header.
            Path present = Files.exists(path) ? path : precreated;
            try {
                file = opener.open(present);
            } catch (IOException e) {
                throw space.explain(e, FILL_BYTES, present);
            }
        }
        writing = true;
    }

    /**
     * The bytes are written, or some of them. The file becomes dirty only now: a force that began
     * before may have missed them.
     *
     * @return whether the file was clean before
     */
    synchronized boolean endWrite(long nowNanos) {
        writing = false;
        boolean clean = writes == forced;
        if (clean) {
            dirtySince = nowNanos;
        }
        writes++;
        return clean;
    }

    synchronized boolean isDirty() {
        return writes != forced && !discarded;
    }

    synchronized long dirtySince() {
        return dirtySince;
    }

    /**
     * Forces what was written before the call; nothing if that has been done. One force at a time:
     * the kernel reports a failed write to one of those who wait on a descriptor, and tells the
     * others that all is well.
     *
     * @param nowNanos when writes that come during the force are taken to begin
     * @return false if the file was discarded with something left to force
     * @throws IOException if this force failed, or one before
     */
    boolean force(long nowNanos) throws IOException {
        forceLock.lock();
        try {
            return forceAlone(nowNanos);
        } finally {
            forceLock.unlock();
        }
    }

    private boolean forceAlone(long nowNanos) throws IOException {
        long target;
        DataFile open;
        synchronized (this) {
            if (!isDirty()) {
                return writes == forced;
            }
            if (forceFailed) {
                throw new IOException("a force of " + path + " has failed before");
            }
            target = writes;
            open = file;
            forcing = true;
        }
        boolean done = false;
        try {
            open.force();
            done = true;
        } finally {
            synchronized (this) {
                forcing = false;
                forceFailed = !done;
                if (done) {
                    forced = target;
                    dirtySince = nowNanos;
                }
            }
        }
        return true;
    }

    /** Says whether the segment's queue is open; the file stays open with it. */
    synchronized void inUse(boolean inUse) throws IOException {
        used = inUse;
        closeIfUnused();
    }

    /** Closes the file if its segment is closed and nothing in it waits to be forced. */
    synchronized void closeIfUnused() throws IOException {
        if (file != null && !forcing && !writing && !used && !isDirty()) {
            file.close();
            file = null;
        }
    }

    /** The file is going to be deleted, or this life ends: nothing in it matters any more. */
    synchronized void discard() throws IOException {
        discarded = true;
        used = false;
        closeIfUnused();
    }

    private synchronized DataFile file() {
        return file;
    }
}
