package io.millrace.tests.processes;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A place that several processes are in side by side, or one alone. Who wants to be alone is let in
 * when those who are inside have left, and nobody who came later is let in before. A process is in
 * it once; one that dies has left.
 */
final class Room implements AutoCloseable {

    /** The file that is locked by those who are in it. */
    static final String INSIDE = "inside";

    private final FileChannel inside;

    private Room(FileChannel inside) {
        this.inside = inside;
    }

    /**
     * Waits until it may enter.
     *
     * @param directory the same for all processes
     */
    static Room enter(Path directory, boolean alone) throws IOException {
        Files.createDirectories(directory);
        FileChannel inside = open(directory.resolve(INSIDE));
        // Who waits for the others to leave keeps the door.
        try (FileChannel door = open(directory.resolve("door"))) {
            FileLock turn = door.lock();
            inside.lock(0, Long.MAX_VALUE, !alone);
            turn.release();
            return new Room(inside);
        } catch (IOException | RuntimeException e) {
            inside.close();
            throw e;
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Leaves. */
    @Override
    public void close() throws IOException {
        inside.close();
    }
}
