package io.millrace.broker.data;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A directory with all that is in it. */
public final class FileTree {

    private FileTree() {}

    /** Removes a file of a tree. */
    interface FileRemover {

        /**
         * @return false to go no further
         */
        boolean remove(Path file, BasicFileAttributes attributes) throws IOException;
    }

    /**
     * Removes it; nothing if it is not there. Links are removed, not followed. Blocks on the disk.
     *
     * @throws IOException at the first file that cannot be removed; what came before it is gone
     */
    public static void delete(Path root) throws IOException {
        delete(
                root,
                (file, attributes) -> {
                    Files.deleteIfExists(file);
                    return true;
                });
    }

    /** The same, with each file removed in its own way. */
    static void delete(Path root, FileRemover remover) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        return remover.remove(file, attributes)
                                ? FileVisitResult.CONTINUE
                                : FileVisitResult.TERMINATE;
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
                });
    }
}
