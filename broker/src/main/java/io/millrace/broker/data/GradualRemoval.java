package io.millrace.broker.data;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Removes a directory with large files at a bounded rate. A file system that frees gigabytes at
 * once, and tells the disk of each block, lets every force on that disk wait until it is done.
 */
public final class GradualRemoval {

    static final long PIECE_BYTES = 8L << 20;

    /** So that no more than 0.8 GB are freed in a second. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final boolean cuts;
    private final BooleanSupplier wanted;
    private final Runnable pause;

    GradualRemoval(boolean cuts, BooleanSupplier wanted, Runnable pause) {
        this.cuts = cuts;
        this.wanted = wanted;
        this.pause = pause;
    }

    /**
     * Of files that nobody reads: they are cut away piece by piece, which is gentler. Whoever had
     * one mapped would fail where he reads what is cut off.
     *
     * @param wanted whether to go on; asked after each piece. Nor does it go on in a thread that is
     *     interrupted
     */
    public static GradualRemoval ofUnread(BooleanSupplier wanted) {
        return new GradualRemoval(true, wanted, GradualRemoval::pause);
    }

    /** Of files that somebody may still read: they go as a whole, with pauses after each. */
    public static GradualRemoval ofWholeFiles() {
        return new GradualRemoval(false, () -> true, GradualRemoval::pause);
    }

    private static void pause() {
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /**
     * Removes it; nothing if it is not there, or no more. Links are removed, not followed. Blocks.
     *
     * @return false if it was to stop before the end; what is left is to be removed later
     * @throws IOException at the first file that cannot be removed; what came before it is gone
     */
    public boolean remove(Path root) throws IOException {
        try {
            FileTree.delete(root, this::remove);
        } catch (NoSuchFileException e) {
            // Somebody else removes it, too.
        } catch (ClosedByInterruptException e) {
            return false;
        }
        return !Files.exists(root);
    }

    private boolean remove(Path file, BasicFileAttributes attributes) throws IOException {
        long bytes = attributes.isRegularFile() ? attributes.size() : 0;
        if (cuts && bytes > PIECE_BYTES) {
            cut(file, bytes);
        }
        if (!goesOn()) {
            return false;
        }
        Files.deleteIfExists(file);
        for (long left = cuts ? 0 : bytes; left > PIECE_BYTES && goesOn(); left -= PIECE_BYTES) {
            pause.run();
        }
        return goesOn();
    }

    private void cut(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long left = bytes - PIECE_BYTES; left > 0 && goesOn(); left -= PIECE_BYTES) {
                channel.truncate(left);
                pause.run();
            }
        }
    }

    private boolean goesOn() {
        return !Thread.currentThread().isInterrupted() && wanted.getAsBoolean();
    }
}
