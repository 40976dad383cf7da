package io.millrace.broker.partition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partition logs on Chronicle Queue, in one directory: {@code partition-ID/OFFSET-NUMBER}, and a
 * {@code trash}.
 *
 * <p>A checkpoint calls {@link #force} with a copy of each log that has changed, writes its
 * manifest, and then {@link #manifestDurable} with the ids of all logs in it.
 */
public final class ChroniclePartitionLogStore implements PartitionLogStore {

    private static final Logger LOG = LoggerFactory.getLogger(ChroniclePartitionLogStore.class);

    private static final long CLOSE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String TRASH = "trash";
    private static final String PARTITION_PREFIX = "partition-";

    private final Path directory;
    private final StoreContext context;
    private final Map<Long, ChroniclePartitionLog> logs = new ConcurrentHashMap<>();
    private final List<ChroniclePartitionLog> deleted = new CopyOnWriteArrayList<>();
    private Set<Long> namedBefore = Set.of();

    private ChroniclePartitionLogStore(Path directory, StoreContext context) {
        this.directory = directory;
        this.context = context;
    }

    /**
     * Opens the store of one shard replica; starts one thread.
     *
     * @param remover removes the files of segments that nobody needs; may take seconds for each
     * @param nanoTime the monotonic clock, in nanoseconds
     * @param recent what the logs may hold in memory, with those of other stores
     * @throws IOException if the directory cannot be created or read
     */
    public static ChroniclePartitionLogStore open(
            StoreSettings settings, LongSupplier nanoTime, RecentMemory recent, Executor remover)
            throws IOException {
        Files.createDirectories(settings.directory());
        FileStore disk = Files.getFileStore(settings.directory());
        return open(settings, nanoTime, recent, remover, DataFile::onDisk, () -> usableBytes(disk));
    }

    /** Opens a store whose logs hold nothing in memory, and which removes files at once. */
    public static ChroniclePartitionLogStore open(StoreSettings settings, LongSupplier nanoTime)
            throws IOException {
        return open(settings, nanoTime, new RecentMemory(0), Runnable::run);
    }

    static ChroniclePartitionLogStore open(
            StoreSettings settings,
            LongSupplier nanoTime,
            RecentMemory recent,
            Executor remover,
            DataFile.Opener opener,
            LongSupplier usableBytes)
            throws IOException {
        ChronicleLogging.route();
        Path directory = settings.directory();
        Files.createDirectories(directory);
        long idleNanos = TimeUnit.MILLISECONDS.toNanos(settings.idleCloseMs());
        OpenSegments open = new OpenSegments(settings.maxOpenSegments(), nanoTime);
        LogForcer forcer =
                new LogForcer(
                        settings,
                        settings.maxOpenSegments(),
                        nanoTime,
                        now -> {
                            recent.expire(now);
                            open.closeIdle(now - idleNanos);
                        });
        StoreContext context =
                new StoreContext(
                        open,
                        forcer,
                        Trash.open(directory.resolve(TRASH), remover),
                        opener,
                        new DiskSpace(usableBytes, settings.reserveBytes()),
                        recent,
                        nanoTime);
        forcer.start();
        return new ChroniclePartitionLogStore(directory, context);
    }

    private static long usableBytes(FileStore disk) {
        try {
            return disk.getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    StoreContext context() {
        return context;
    }

    @Override
    public PartitionLog open(
            long partitionId, SegmentLimits limits, LogState state, DamagePolicy damage)
            throws IOException {
        if (logs.containsKey(partitionId)) {
            throw new IllegalStateException("partition " + partitionId + " is open");
        }
        Path partition = directory.resolve(SegmentDirectories.partition(partitionId));
        LogOpening opening = new LogOpening(partitionId, partition, context);
        LogView view = opening.view(state, damage);
        long nextNumber = opening.nextNumber(state);
        ChroniclePartitionLog log =
                new ChroniclePartitionLog(
                        partitionId, partition, context, limits, state, view, nextNumber);
        logs.put(partitionId, log);
        return log;
    }

    @Override
    public void delete(long partitionId) {
        ChroniclePartitionLog log = logs.get(partitionId);
        if (log != null) {
            log.drop();
            // In this order: a checkpoint under way may name the log, and looks for it.
            deleted.add(log);
            logs.remove(partitionId);
        }
    }

    @Override
    public void discardUnknown() throws IOException {
        for (Path partition : Trash.list(directory)) {
            if (!partition.getFileName().toString().startsWith(PARTITION_PREFIX)) {
                continue;
            }
            Set<Path> known = new HashSet<>();
            for (ChroniclePartitionLog log : logs.values()) {
                if (log.directory().equals(partition)) {
                    log.view().segments().forEach(segment -> known.add(segment.directory()));
                }
            }
            for (Path segment : Trash.list(partition)) {
                if (!known.contains(segment)) {
                    context.trash().take(segment);
                }
            }
            if (known.isEmpty()) {
                Files.delete(partition);
            }
        }
    }

    @Override
    public void force(long partitionId, LogState state) throws IOException {
        context.forcer().check();
        ChroniclePartitionLog log = logs.get(partitionId);
        if (log != null && force(log, state)) {
            return;
        }
        for (ChroniclePartitionLog gone : deleted) {
            if (gone.partitionId() == partitionId && force(gone, state)) {
                return;
            }
        }
        context.forcer().check();
        throw new IllegalArgumentException(
                "partition " + partitionId + " has no log with all segments of the state");
    }

    /** False if the log has not got all segments of the state. */
    private boolean force(ChroniclePartitionLog log, LogState state) throws IOException {
        Set<Long> missing = new HashSet<>();
        state.segments().forEach(segment -> missing.add(segment.number()));
        boolean newNames = false;
        for (Segment segment : log.allSegments()) {
            if (missing.contains(segment.state().number())
                    && context.forcer().force(segment.file())) {
                newNames |= segment.forceDirectory();
                missing.remove(segment.state().number());
            }
        }
        if (newNames) {
            SegmentDirectories.force(log.directory());
            SegmentDirectories.force(directory);
        }
        if (missing.isEmpty()) {
            log.retirement().forced(state);
        }
        return missing.isEmpty();
    }

    @Override
    public synchronized void manifestDurable(Collection<Long> partitionIds) throws IOException {
        Set<Long> named = new HashSet<>(partitionIds);
        for (ChroniclePartitionLog log : logs.values()) {
            if (named.contains(log.partitionId())) {
                log.retirement().manifestDurable();
            }
            log.retirement().retire();
        }
        for (ChroniclePartitionLog log : deleted) {
            long id = log.partitionId();
            if (!named.contains(id) && !namedBefore.contains(id)) {
                log.retirement().forgotten();
                if (log.retirement().retire()) {
                    deleted.remove(log);
                    deleteIfEmpty(log.directory());
                }
            }
        }
        namedBefore = named;
        context.trash().empty();
    }

    private static void deleteIfEmpty(Path partition) throws IOException {
        try {
            Files.deleteIfExists(partition);
        } catch (DirectoryNotEmptyException e) {
            // The id is in use again.
        }
    }

    @Override
    public boolean holdsDropped() {
        return !deleted.isEmpty()
                || !context.trash().isEmpty()
                || logs.values().stream().anyMatch(log -> log.retirement().holdsDropped());
    }

    @Override
    public long sizeBytes() {
        long sum = 0;
        for (ChroniclePartitionLog log : logs.values()) {
            sum += log.sizeBytes();
        }
        return sum;
    }

    @Override
    public void close() throws IOException {
        context.trash().close();
        context.forcer().close();
        logs.values().forEach(log -> log.recent().clear());
        if (!context.open().closeAll(CLOSE_TIMEOUT_NANOS)) {
            LOG.warn("Segments in {} are still being read and stay open", directory);
        }
        for (ChroniclePartitionLog log : logs.values()) {
            discard(log);
        }
        for (ChroniclePartitionLog log : deleted) {
            discard(log);
        }
        ChronicleLogging.releaseClosed();
    }

    /** Lets go of the files without forcing them: the next life begins at a checkpoint. */
    private static void discard(ChroniclePartitionLog log) throws IOException {
        for (Segment segment : log.allSegments()) {
            segment.file().discard();
        }
    }
}
