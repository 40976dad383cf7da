package io.millrace.raft.jraft;

import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.disk.ForcedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the replicas of a broker keep their vote files and checkpoints: one directory each, named
 * by the shard's number.
 *
 * <p>A replica is discarded by renaming its directory. Before the new name is durable the replica
 * is there as it was; from then on it is gone, and whatever is left of it goes before the shard is
 * looked at again, if need be in the next life of the process. Calls for one shard must not
 * overlap.
 */
final class ReplicaDirectories {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaDirectories.class);
    private static final String DISCARDED = ".discarded";

    private final Path root;
    private final String clusterId;
    private final Journal journal;

    ReplicaDirectories(Path root, String clusterId, Journal journal) {
        this.root = root;
        this.clusterId = clusterId;
        this.journal = journal;
    }

    /** The directory of a shard's replica, which need not be there. */
    Path of(int shard) {
        return root.resolve(Integer.toString(shard));
    }

    /**
     * The id of the replica that has its vote file here.
     *
     * @return empty if there is no vote file
     * @throws ReplicaLostException if there is one that does not tell
     */
    OptionalInt replicaId(int shard) throws IOException {
        Path directory = of(shard);
        return VoteFile.exists(directory)
                ? OptionalInt.of(VoteFile.identify(directory, clusterId, shard))
                : OptionalInt.empty();
    }

    /** Discards a shard's replica, or what is left of one; durable on return. */
    void discard(int shard) throws IOException {
        finishDiscard(shard);
        Path directory = of(shard);
        if (Files.exists(directory)) {
            Files.move(directory, discarded(shard));
            ForcedFile.forceDirectory(root);
            finishDiscard(shard);
        } else {
            journal.discard(shard);
        }
        LOG.info("Shard {}: its replica here was discarded", shard);
    }

    /** Finishes what a crash or a failing disk has interrupted. */
    void finishDiscards() throws IOException {
        if (!Files.isDirectory(root)) {
            return;
        }
        List<String> names;
        try (Stream<Path> files = Files.list(root)) {
            names = files.map(file -> file.getFileName().toString()).toList();
        }
        for (String name : names) {
            if (name.matches("\\d{1,9}\\" + DISCARDED)) {
                finishDiscard(Integer.parseInt(name.substring(0, name.indexOf('.'))));
            }
        }
    }

    /**
     * Finishes discarding a shard's replica, if that was begun. No other one can have come in its
     * place: that begins with this call. And no one does before the name is durably gone, or a
     * power cut could bring it back, and the next life would discard the newcomer's log.
     */
    void finishDiscard(int shard) throws IOException {
        Path discarded = discarded(shard);
        if (!Files.exists(discarded)) {
            return;
        }
        journal.discard(shard);
        List<Path> files;
        try (Stream<Path> tree = Files.walk(discarded)) {
            files = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        ForcedFile.forceDirectory(root);
    }

    private Path discarded(int shard) {
        return root.resolve(shard + DISCARDED);
    }
}
