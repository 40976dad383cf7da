package io.millrace.raft.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Small files that are replaced whole: after a power cut either the old one is there or the new.
 * Its methods block on the disk; they are for one thread per file and directory.
 */
public final class ForcedFile {

    /** Ends the name of a file that is being written; what bears it after a crash is rubbish. */
    public static final String TEMPORARY = ".tmp";

    private ForcedFile() {}

    /**
     * Replaces a file: temporary file, force, rename, force of the directory.
     *
     * @param parts the content, one after the other
     * @throws ForceFailedException if a force failed: which of the two a power cut leaves is
     *     unknown
     * @throws IOException if any step failed; the old file or the new one is there, never a mixture
     */
    public static void replace(Path file, ByteBuffer... parts) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        try (FileChannel channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (ByteBuffer part : parts) {
                while (part.hasRemaining()) {
                    channel.write(part);
                }
            }
            force(channel);
        }
        Files.move(
                temporary,
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        forceDirectory(file.toAbsolutePath().getParent());
    }

    /**
     * Creates a directory with its parents, each durable in its parent.
     *
     * @throws IOException if it could not, or a force failed
     */
    public static void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        Files.createDirectory(directory);
        if (parent != null) {
            forceDirectory(parent);
        }
    }

    /**
     * Makes the names in a directory durable.
     *
     * @throws ForceFailedException if the force failed
     * @throws IOException if the directory could not be opened
     */
    public static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            force(channel);
        }
    }

    private static void force(FileChannel channel) throws ForceFailedException {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw new ForceFailedException(e);
        }
    }
}
