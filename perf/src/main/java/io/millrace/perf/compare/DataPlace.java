package io.millrace.perf.compare;

import io.millrace.cli.CommandException;
import io.millrace.perf.compare.cluster.DataDirectory;
import io.millrace.perf.compare.cluster.Orphans;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where brokers keep their data, for one comparison at a time. What an earlier one left that was
 * killed is ended and removed first.
 */
final class DataPlace implements AutoCloseable {
    private final Path data;
    private final Path register;
    private final FileChannel lock;

    private DataPlace(Path parent, FileChannel lock) {
        this.data = parent.resolve("millrace-compare-data");
        this.register = parent.resolve("millrace-compare-processes");
        this.lock = lock;
    }

    /**
     * Takes a place below a directory, which is made if it is not there.
     *
     * @throws CommandException if another comparison has it
     */
    static DataPlace take(Path parent) throws IOException, InterruptedException {
        Files.createDirectories(parent);
        FileChannel lock =
                FileChannel.open(
                        parent.resolve("millrace-compare-lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() == null) {
                throw new CommandException(
                        "another comparison uses %s; wait for it, since two at once measure each other"
                                .formatted(parent));
            }
            DataPlace place = new DataPlace(parent, lock);
            place.clear();
            Files.createDirectories(place.data);
            return place;
        } catch (IOException | InterruptedException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** The directory for data: empty. */
    Path data() {
        return data;
    }

    /** The file that tells which processes were started. */
    Path register() {
        return register;
    }

    /** Removes the data. */
    @Override
    public void close() throws IOException {
        try {
            DataDirectory.remove(data);
            Files.deleteIfExists(register);
        } finally {
            lock.close();
        }
    }

    private void clear() throws IOException, InterruptedException {
        Orphans.kill(register);
        DataDirectory.remove(data);
    }
}
