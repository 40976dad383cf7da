package io.millrace.raft.jraft;

import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.wal.ShardLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a replica: one file each, named by Raft index. The newest two are kept,
 * because the log reaches back to the older one: if the newest has rotted, the replica goes on from
 * there.
 *
 * <p>One thread writes; the index of the newest may be asked for by any.
 */
final class CheckpointStore {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
    private static final String PREFIX = "checkpoint-";
    private static final String CORRUPT = ".corrupt";
    private static final int KEPT = 2;

    private final Path directory;
    private final int shard;

    private volatile long newestIndex;

    CheckpointStore(Path directory, int shard) {
        this.directory = directory;
        this.shard = shard;
    }

    /** Creates the directory if need be and removes what a crash has left half written. */
    void prepare() throws IOException {
        ForcedFile.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> name(f).endsWith(ForcedFile.TEMPORARY)).toList()) {
                Files.delete(file);
            }
        }
    }

    boolean isEmpty() throws IOException {
        return newestFirst().isEmpty();
    }

    /** The Raft index of the newest durable checkpoint; 0 if there is none. */
    long newestIndex() {
        return newestIndex;
    }

    /**
     * The checkpoint to start from: the newest that is whole.
     *
     * @return null if there has never been one
     * @throws ReplicaLostException if none is whole, or the log does not join on
     */
    CheckpointManifest load(ShardLog log) throws IOException {
        StringBuilder rotten = new StringBuilder();
        for (Path file : newestFirst()) {
            try {
                CheckpointManifest manifest =
                        CheckpointManifest.decode(ByteBuffer.wrap(Files.readAllBytes(file)));
                if (manifest.shard() != shard || !path(manifest.mark().index()).equals(file)) {
                    throw new CorruptFileException("it is another checkpoint than its name says");
                }
                requireJoined(manifest, log, rotten);
                newestIndex = manifest.mark().index();
                setAside(file);
                return manifest;
            } catch (CorruptFileException e) {
                LOG.warn("Shard {}: the checkpoint {} is corrupt", shard, file, e);
                rotten.append("; ").append(file).append(" is corrupt: ").append(e.getMessage());
            }
        }
        if (rotten.length() > 0) {
            throw new ReplicaLostException(shard, "it has no whole checkpoint" + rotten);
        }
        if (log.firstIndex() != 1) {
            throw new ReplicaLostException(
                    shard, "it has no checkpoint, and its log starts at entry " + log.firstIndex());
        }
        return null;
    }

    /** A checkpoint is only written when the log is durable up to it, and the log is kept after. */
    private void requireJoined(CheckpointManifest manifest, ShardLog log, CharSequence rotten) {
        long index = manifest.mark().index();
        if (log.firstIndex() > index + 1 || log.lastIndex() < index) {
            throw new ReplicaLostException(
                    shard,
                    String.format(
                            "its checkpoint is at entry %d and its log holds %d to %d%s",
                            index, log.firstIndex(), log.lastIndex(), rotten));
        }
        if (log.firstIndex() <= index && log.term(index) != manifest.mark().term()) {
            throw new ReplicaLostException(
                    shard,
                    String.format(
                            "entry %d has term %d in its checkpoint and %d in its log",
                            index, manifest.mark().term(), log.term(index)));
        }
    }

    /** Renames the corrupt files above the one that is used: they must never be "newest" again. */
    private void setAside(Path used) throws IOException {
        for (Path file : newestFirst()) {
            if (file.equals(used)) {
                return;
            }
            Files.move(file, file.resolveSibling(name(file) + CORRUPT));
            ForcedFile.forceDirectory(directory);
        }
    }

    /**
     * Makes a checkpoint durable, then removes all but it and the one before. Blocks on the disk.
     *
     * @return bytes written
     * @throws IOException if it is not durable; those before are untouched
     */
    long write(CheckpointManifest manifest) throws IOException {
        ByteBuffer[] parts = manifest.encode();
        long bytes = 0;
        for (ByteBuffer part : parts) {
            bytes += part.remaining();
        }
        ForcedFile.replace(path(manifest.mark().index()), parts);
        newestIndex = manifest.mark().index();
        removeOld();
        return bytes;
    }

    /** What cannot be removed now is tried again after the next checkpoint, and does no harm. */
    private void removeOld() {
        try {
            for (Path old : newestFirst().stream().skip(KEPT).toList()) {
                Files.delete(old);
            }
        } catch (IOException e) {
            LOG.warn("Shard {}: an old checkpoint could not be removed", shard, e);
        }
    }

    private Path path(long index) {
        return directory.resolve(String.format("%s%020d", PREFIX, index));
    }

    private List<Path> newestFirst() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> name(file).matches(PREFIX + "\\d{20}"))
                    .sorted(Comparator.comparing(CheckpointStore::name).reversed())
                    .toList();
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
