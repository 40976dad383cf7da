package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.StateMachine;
import io.millrace.raft.disk.ForcedFile;
import io.millrace.raft.wal.ShardLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** Those that are being sent to others, by Raft index; guards itself and the newest. */
    private final Map<Long, Pin> pins = new HashMap<>();

    private SnapshotMeta newest = SnapshotMeta.getDefaultInstance();

    CheckpointStore(Path directory, int shard) {
        this.directory = directory;
        this.shard = shard;
    }

    int shard() {
        return shard;
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
        synchronized (pins) {
            return newest.getLastIncludedIndex();
        }
    }

    /**
     * The checkpoint to start from: the newest that is whole.
     *
     * @param logBegun whether the log has ever held an entry
     * @return null if there has never been one
     * @throws ReplicaLostException if none is whole, or the log does not join on
     */
    CheckpointManifest load(ShardLog log, boolean logBegun) throws IOException {
        StringBuilder rotten = new StringBuilder();
        for (Path file : newestFirst()) {
            try {
                CheckpointManifest manifest =
                        CheckpointManifest.decode(ByteBuffer.wrap(Files.readAllBytes(file)));
                if (manifest.shard() != shard || !path(manifest.mark().index()).equals(file)) {
                    throw new CorruptFileException("it is another checkpoint than its name says");
                }
                if (manifest.installed()) {
                    finishInstall(manifest, log, logBegun);
                }
                requireJoined(manifest, log, rotten);
                setNewest(manifest.meta());
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

    /**
     * A checkpoint that came from another replica is durable before the log is cut off, so that a
     * crash between both leaves the log as it was: ending before the checkpoint, or going on
     * otherwise than the leader's. A log that has held entries and is empty now is no such one.
     */
    private void finishInstall(CheckpointManifest manifest, ShardLog log, boolean logBegun) {
        long index = manifest.mark().index();
        boolean untouched = log.firstIndex() == 1 && log.lastIndex() == 0;
        boolean behind = log.lastIndex() < index && !(untouched && logBegun);
        boolean other =
                log.firstIndex() <= index
                        && log.lastIndex() >= index
                        && log.term(index) != manifest.mark().term();
        if (behind || other) {
            LOG.info(
                    "Shard {}: its log from {} to {} gives way to the installed checkpoint {}",
                    shard,
                    log.firstIndex(),
                    log.lastIndex(),
                    index);
            log.reset(index + 1);
        }
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
        setNewest(manifest.meta());
        removeOld();
        return bytes;
    }

    /** What cannot be removed now is tried again after the next checkpoint, and does no harm. */
    private void removeOld() {
        try {
            for (Path old : newestFirst().stream().skip(KEPT).toList()) {
                if (!isPinned(old)) {
                    Files.delete(old);
                }
            }
        } catch (IOException e) {
            LOG.warn("Shard {}: an old checkpoint could not be removed", shard, e);
        }
    }

    private void setNewest(SnapshotMeta meta) {
        synchronized (pins) {
            newest = meta;
        }
    }

    /**
     * Keeps the newest checkpoint, whatever comes after it, until the pin is released.
     *
     * @return null if there is none
     */
    Pin pinNewest() {
        synchronized (pins) {
            long index = newest.getLastIncludedIndex();
            if (index == 0) {
                return null;
            }
            Pin pin = pins.computeIfAbsent(index, none -> new Pin(newest));
            pin.users++;
            return pin;
        }
    }

    /** The pin of a checkpoint that is being sent to others; null if it is not. */
    Pin pinned(long index) {
        synchronized (pins) {
            return pins.get(index);
        }
    }

    private boolean isPinned(Path file) {
        synchronized (pins) {
            return pins.keySet().stream().anyMatch(index -> path(index).equals(file));
        }
    }

    /** A checkpoint that must stay as long as somebody copies it. */
    final class Pin {

        private final SnapshotMeta meta;
        private int users;
        private ByteBuffer content;

        private Pin(SnapshotMeta meta) {
            this.meta = meta;
        }

        SnapshotMeta meta() {
            return meta;
        }

        /**
         * The checkpoint as others get it; made at the first call, and kept for the next.
         *
         * @param machine knows which part of it others need
         */
        synchronized ByteBuffer content(StateMachine machine) throws IOException {
            if (content == null) {
                CheckpointManifest own = read(path(meta.getLastIncludedIndex()));
                ByteBuffer replicated = machine.replicatedPart(own.payload());
                content = new CheckpointManifest(shard, own.meta(), false, replicated).toBytes();
            }
            return content.duplicate();
        }

        private CheckpointManifest read(Path file) throws IOException {
            try {
                return CheckpointManifest.decode(ByteBuffer.wrap(Files.readAllBytes(file)));
            } catch (CorruptFileException e) {
                throw new IOException("the checkpoint " + file + " is corrupt", e);
            }
        }

        void release() {
            synchronized (pins) {
                if (--users == 0) {
                    pins.remove(meta.getLastIncludedIndex(), this);
                }
            }
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
