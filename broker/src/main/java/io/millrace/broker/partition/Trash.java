package io.millrace.broker.partition;

import io.millrace.broker.data.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where segments go before they are deleted: {@code trash/N/PARTITION/SEGMENT}, with an N of its
 * own for each. A move is one rename, so that no half-deleted segment stands where a checkpoint may
 * look for a whole one.
 */
final class Trash {

    private final Path directory;
    private long next;
    private volatile boolean empty;

    private Trash(Path directory, long next) {
        this.directory = directory;
        this.next = next;
        this.empty = next == 1;
    }

    static Trash open(Path directory) throws IOException {
        Files.createDirectories(directory);
        long next = 1;
        for (Path entry : list(directory)) {
            next = Math.max(next, number(entry.getFileName().toString()) + 1);
        }
        return new Trash(directory, next);
    }

    /** Whether nothing is here, as far as this life knows. Never blocks. */
    boolean isEmpty() {
        return empty;
    }

    /** Moves a segment's directory here. */
    synchronized void take(Path segment) throws IOException {
        empty = false;
        Path partition =
                directory.resolve(Long.toString(next++)).resolve(segment.getParent().getFileName());
        Files.createDirectories(partition);
        Files.move(
                segment, partition.resolve(segment.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Moves a segment back to where it was, if it is here. */
    synchronized void restore(Path segment) throws IOException {
        for (Path found : segments(segment.getParent().getFileName())) {
            if (found.getFileName().equals(segment.getFileName())) {
                Files.createDirectories(segment.getParent());
                Files.move(found, segment, StandardCopyOption.ATOMIC_MOVE);
                return;
            }
        }
    }

    /** The segments of a partition that are here. */
    synchronized List<Path> segments(Path partitionName) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path entry : list(directory)) {
            Path partition = entry.resolve(partitionName);
            if (Files.isDirectory(partition)) {
                found.addAll(list(partition));
            }
        }
        return found;
    }

    /** Deletes everything. */
    synchronized void empty() throws IOException {
        for (Path entry : list(directory)) {
            FileTree.delete(entry);
        }
        empty = true;
    }

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    private static long number(String name) {
        return name.matches("[0-9]{1,18}") ? Long.parseLong(name) : 0;
    }
}
