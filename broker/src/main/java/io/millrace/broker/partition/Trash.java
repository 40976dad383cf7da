package io.millrace.broker.partition;

import io.millrace.broker.data.GradualRemoval;
import io.millrace.raft.disk.ForcedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where segments go before they are deleted: {@code trash/N/PARTITION/SEGMENT}, with an N of its
 * own for each; {@code trash/gone-N} once it is being deleted. A move is one rename, so that no
 * half-deleted segment stands where a checkpoint may look for a whole one.
 */
final class Trash implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Trash.class);
    private static final String GONE = "gone-";

    private final Path directory;
    private final Executor remover;
    private final Object removing = new Object();
    private long next;
    private volatile boolean empty;
    private volatile boolean closed;

    private Trash(Path directory, Executor remover, long next, boolean empty) {
        this.directory = directory;
        this.remover = remover;
        this.next = next;
        this.empty = empty;
    }

    /**
     * @param remover runs what removes files; it takes its time
     */
    static Trash open(Path directory, Executor remover) throws IOException {
        Files.createDirectories(directory);
        List<Path> left = list(directory);
        long next = 1;
        for (Path entry : left) {
            next = Math.max(next, number(entry.getFileName().toString()) + 1);
        }
        return new Trash(directory, remover, next, left.isEmpty());
    }

    /** Whether nothing waits here to be deleted, as far as this life knows. Never blocks. */
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
            if (!isGone(entry) && Files.isDirectory(partition)) {
                found.addAll(list(partition));
            }
        }
        return found;
    }

    /** Has everything deleted that is here now: nobody can ask for it any more. */
    synchronized void empty() throws IOException {
        if (empty) {
            return;
        }
        for (Path entry : list(directory)) {
            if (!isGone(entry)) {
                Path gone = directory.resolve(GONE + entry.getFileName());
                Files.move(entry, gone, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        empty = true;
        try {
            remover.execute(this::remove);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is emptied by the next life, the broker stops", directory, e);
        }
    }

    /** Deletes what is gone, also what an earlier life has left of it. */
    private void remove() {
        synchronized (removing) {
            if (closed || Thread.currentThread().isInterrupted()) {
                return;
            }
            GradualRemoval removal = GradualRemoval.ofUnread(() -> !closed);
            try {
                // Before anything is cut: else a power cut might bring back the name of a whole
                // one.
                ForcedFile.forceDirectory(directory);
                for (Path entry : list(directory)) {
                    if (isGone(entry) && !closed) {
                        removal.remove(entry);
                    }
                }
            } catch (NoSuchFileException e) {
                LOG.debug("{} was discarded with all that is in it", directory, e);
            } catch (IOException e) {
                empty = false;
                LOG.warn(
                        "{} cannot be emptied; tried again with the next checkpoint", directory, e);
            }
        }
    }

    /** Ends the deletion under way, at most some tens of milliseconds later. */
    @Override
    public void close() {
        closed = true;
        synchronized (removing) {
            // Whoever comes next finds the directory left alone.
        }
    }

    private static boolean isGone(Path entry) {
        return entry.getFileName().toString().startsWith(GONE);
    }

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    /** Also of what is gone: two must not get the same name. */
    private static long number(String name) {
        String digits = name.startsWith(GONE) ? name.substring(GONE.length()) : name;
        return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
    }
}
