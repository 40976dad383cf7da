package io.millrace.raft.wal;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal's files in a real directory, written past the page cache if its file system can do
 * that with {@link Block}s. Thread-safe.
 */
final class DiskFiles implements WalFiles {

    private static final Logger LOG = LoggerFactory.getLogger(DiskFiles.class);

    private static final Set<? extends OpenOption> THROUGH_CACHE = Set.of(StandardOpenOption.WRITE);
    private static final Set<? extends OpenOption> PAST_CACHE =
            Set.of(StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);

    private final Path directory;
    private final Set<? extends OpenOption> toWrite;

    /**
     * @param direct whether to write past the page cache if the file system can do that
     */
    DiskFiles(Path directory, boolean direct) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.toWrite = direct && canWritePastCache() ? PAST_CACHE : THROUGH_CACHE;
    }

    /** Whether files are written past the page cache. */
    boolean isPastCache() {
        return toWrite == PAST_CACHE;
    }

    /** Tried, since some file systems only say no when they are written to. */
    private boolean canWritePastCache() {
        Path probe = directory.resolve("probe" + SegmentFile.UNFINISHED);
        try {
            Files.deleteIfExists(probe);
            Files.createFile(probe);
            try (WalFile file = new DiskFile(probe, PAST_CACHE)) {
                file.write(Block.allocate(Block.BYTES), 0);
            }
            Files.delete(probe);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            // What it leaves goes with all unfinished files when the journal is opened. An error
            // of the disk itself comes again there, and is told as what it is.
            LOG.warn(
                    "{} is written through the page cache, which costs CPU time: {}",
                    directory,
                    e.toString());
            return false;
        }
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> path.getFileName().toString())
                    .toList();
        }
    }

    @Override
    public WalFile create(String name) throws IOException {
        Path path = directory.resolve(name);
        Files.createFile(path);
        return new DiskFile(path, toWrite);
    }

    @Override
    public WalFile open(String name) throws IOException {
        return new DiskFile(directory.resolve(name), toWrite);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
