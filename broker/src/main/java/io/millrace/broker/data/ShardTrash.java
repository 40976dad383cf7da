package io.millrace.broker.data;

import io.millrace.raft.disk.ForcedFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the directories of discarded replicas go at once and durably, to be removed at leisure: a
 * broker that dies meanwhile must find either all of a replica or nothing of it. One thread.
 */
public final class ShardTrash {

    private static final Logger LOG = LoggerFactory.getLogger(ShardTrash.class);
    private static final String NAME = "trash";

    private final Path trash;
    private final Path shards;
    private final long startCounter;
    private final Executor remover;
    private int taken;

    /**
     * @param remover removes files; may be slow
     */
    public ShardTrash(DataDirectory directory, Executor remover) {
        this.trash = directory.path().resolve(NAME);
        this.shards = directory.path().resolve("shards");
        this.startCounter = directory.startCounter();
        this.remover = remover;
    }

    /** Removes what an earlier life has left here. Returns at once. */
    public void empty() {
        remover.execute(
                () -> {
                    for (Path left : children()) {
                        remove(left);
                    }
                });
    }

    /** Takes all files of a shard of which nothing runs; durable on return. */
    public void take(int shard) throws IOException {
        Path directory = shards.resolve(Integer.toString(shard));
        if (!Files.exists(directory)) {
            return;
        }
        Files.createDirectories(trash);
        ForcedFile.forceDirectory(trash.getParent());
        Path target = trash.resolve("shard-%d-%d-%d".formatted(shard, startCounter, ++taken));
        Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
        ForcedFile.forceDirectory(trash);
        ForcedFile.forceDirectory(shards);
        remover.execute(() -> remove(target));
    }

    private List<Path> children() {
        List<Path> children = new ArrayList<>();
        if (Files.isDirectory(trash)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(trash)) {
                files.forEach(children::add);
            } catch (IOException e) {
                LOG.warn("{} cannot be read, what is in it stays", trash, e);
            }
        }
        return children;
    }

    private static void remove(Path path) {
        try {
            // A reader that did not come back in time may hold files of a replica that was closed.
            GradualRemoval.ofWholeFiles().remove(path);
        } catch (IOException e) {
            // Only space is lost, until the next start tries again.
            LOG.warn("{} cannot be removed; tried again at the next start", path, e);
        }
    }
}
