package io.millrace.broker.data;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Removes a directory with large files piece by piece. A file system that frees gigabytes at once,
 * and tells the disk of each block, lets every force on that disk wait until it is done. Nobody may
 * have the files mapped: what is cut off under a map ends the process that touches it.
 */
public final class GradualRemoval {

    static final long PIECE_BYTES = 8L << 20;

    /** So that no more than 0.8 GB are freed in a second. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final BooleanSupplier wanted;
    private final Runnable pause;

    /**
     * @param wanted whether to go on; asked after each piece. Nor does it go on in a thread that is
     *     interrupted
     */
    public GradualRemoval(BooleanSupplier wanted) {
        this(wanted, () -> LockSupport.parkNanos(PAUSE_NANOS));
    }

    GradualRemoval(BooleanSupplier wanted, Runnable pause) {
        this.wanted = wanted;
        this.pause = pause;
    }

    /**
     * Removes it; nothing if it is not there, or no more. Links are removed, not followed. Blocks.
     *
     * @return false if it was to stop before the end; what is left is to be removed later
     * @throws IOException at the first file that cannot be removed; what came before it is gone
     */
    public boolean remove(Path root) throws IOException {
        try {
            Files.walkFileTree(root, new Visitor());
        } catch (NoSuchFileException e) {
            // It was not there, or somebody else removes it, too.
        } catch (ClosedByInterruptException e) {
            return false;
        }
        return !Files.exists(root);
    }

    private boolean goesOn() {
        return !Thread.currentThread().isInterrupted() && wanted.getAsBoolean();
    }

    private final class Visitor extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            if (attributes.isRegularFile() && attributes.size() > PIECE_BYTES) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    long left = attributes.size() - PIECE_BYTES;
                    for (; left > 0 && goesOn(); left -= PIECE_BYTES) {
                        channel.truncate(left);
                        pause.run();
                    }
                }
            }
            if (!goesOn()) {
                return FileVisitResult.TERMINATE;
            }
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failed)
                throws IOException {
            if (failed != null) {
                throw failed;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
