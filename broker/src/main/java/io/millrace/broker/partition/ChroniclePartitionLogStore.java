package io.millrace.broker.partition;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Partition logs on Chronicle Queue, in one directory: {@code partition-ID/OFFSET-NUMBER}, and a
 * {@code trash}.
 *
 * <p>A checkpoint calls {@link #force} with a copy of each log that has changed, writes its
 * manifest, and then {@link #manifestDurable} with the ids of all logs in it.
 */
public final class ChroniclePartitionLogStore implements PartitionLogStore {

    private static final String TRASH = "trash";
    private static final String PARTITION_PREFIX = "partition-";

    private final Path directory;
    private final StoreContext context;
    private final Map<Long, ChroniclePartitionLog> logs = new ConcurrentHashMap<>();
    private final Map<Long, ChroniclePartitionLog> deleted = new ConcurrentHashMap<>();
    private Set<Long> namedBefore = Set.of();

    private ChroniclePartitionLogStore(Path directory, StoreContext context) {
        this.directory = directory;
        this.context = context;
    }

    /**
     * Opens the store of one shard replica; starts one thread.
     *
     * @param nanoTime the monotonic clock, in nanoseconds
     * @throws IOException if the directory cannot be created or read
     */
    public static ChroniclePartitionLogStore open(StoreSettings settings, LongSupplier nanoTime)
            throws IOException {
        Files.createDirectories(settings.directory());
        FileStore disk = Files.getFileStore(settings.directory());
        return open(settings, nanoTime, DataFile::onDisk, () -> usableBytes(disk));
    }

    static ChroniclePartitionLogStore open(
            StoreSettings settings,
            LongSupplier nanoTime,
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
                        now -> open.closeIdle(now - idleNanos));
        StoreContext context =
                new StoreContext(
                        open,
                        forcer,
                        Trash.open(directory.resolve(TRASH)),
                        opener,
                        new DiskSpace(usableBytes, settings.reserveBytes()),
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
    public PartitionLog open(long partitionId, SegmentLimits limits, LogState state)
            throws IOException {
        if (logs.containsKey(partitionId)) {
            throw new IllegalStateException("partition " + partitionId + " is open");
        }
        checkContiguous(partitionId, state);
        Path partition = directory.resolve(SegmentDirectories.partition(partitionId));
        List<Segment> segments = new ArrayList<>();
        for (SegmentState segment : state.segments()) {
            Path path =
                    partition.resolve(
                            SegmentDirectories.segment(segment.baseOffset(), segment.number()));
            if (!Files.exists(path)) {
                context.trash().restore(path);
            }
            segments.add(Segment.reopen(partitionId, path, context.file(path), segment));
        }
        long highest = SegmentDirectories.highestNumber(partition, context.trash());
        ChroniclePartitionLog log =
                new ChroniclePartitionLog(
                        partitionId,
                        partition,
                        context,
                        limits,
                        state,
                        segments,
                        Math.max(state.nextSegmentNumber(), highest + 1));
        logs.put(partitionId, log);
        return log;
    }

    private static void checkContiguous(long partitionId, LogState state)
            throws CorruptLogException {
        long offset = state.segments().isEmpty() ? state.startOffset() : -1;
        for (SegmentState segment : state.segments()) {
            boolean fits =
                    offset < 0
                            ? segment.baseOffset() <= state.startOffset()
                            : segment.baseOffset() == offset;
            if (!fits || segment.number() >= state.nextSegmentNumber()) {
                throw new CorruptLogException(
                        "partition "
                                + partitionId
                                + ": the checkpoint's segment "
                                + segment.number()
                                + " does not follow the one before it");
            }
            offset = segment.endOffset();
        }
        if (offset != state.endOffset()) {
            throw new CorruptLogException(
                    "partition "
                            + partitionId
                            + ": the checkpoint's segments end at "
                            + offset
                            + ", its log at "
                            + state.endOffset());
        }
    }

    @Override
    public void delete(long partitionId) {
        ChroniclePartitionLog log = logs.remove(partitionId);
        if (log != null) {
            log.drop();
            deleted.put(partitionId, log);
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
        if (log == null) {
            log = deleted.get(partitionId);
        }
        if (log == null) {
            throw new IllegalArgumentException("partition " + partitionId + " is not open");
        }
        Set<Long> numbers = new HashSet<>();
        state.segments().forEach(segment -> numbers.add(segment.number()));
        // The view first: what leaves it meanwhile is found among the dropped ones.
        List<Segment> segments = new ArrayList<>(log.view().segments());
        segments.addAll(log.retirement().dropped());
        boolean newNames = false;
        for (Segment segment : segments) {
            if (numbers.contains(segment.state().number())) {
                context.forcer().force(segment.file());
                newNames |= segment.forceDirectory();
            }
        }
        if (newNames) {
            SegmentDirectories.force(log.directory());
            SegmentDirectories.force(directory);
        }
        log.retirement().forced(state);
    }

    @Override
    public synchronized void manifestDurable(Collection<Long> partitionIds) throws IOException {
        Set<Long> named = new HashSet<>(partitionIds);
        for (Map.Entry<Long, ChroniclePartitionLog> entry : logs.entrySet()) {
            if (named.contains(entry.getKey())) {
                entry.getValue().retirement().manifestDurable();
            }
            entry.getValue().retirement().retire();
        }
        Iterator<Map.Entry<Long, ChroniclePartitionLog>> gone = deleted.entrySet().iterator();
        while (gone.hasNext()) {
            Map.Entry<Long, ChroniclePartitionLog> entry = gone.next();
            Long id = entry.getKey();
            if (!named.contains(id) && !namedBefore.contains(id)) {
                SegmentRetirement retirement = entry.getValue().retirement();
                retirement.forgotten();
                if (retirement.retire()) {
                    Files.deleteIfExists(entry.getValue().directory());
                    gone.remove();
                }
            }
        }
        namedBefore = named;
        context.trash().empty();
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
        context.forcer().close();
        context.open().closeIdle(context.nanoTime().getAsLong() + TimeUnit.DAYS.toNanos(1));
        for (ChroniclePartitionLog log : logs.values()) {
            discard(log);
        }
        for (ChroniclePartitionLog log : deleted.values()) {
            discard(log);
        }
        ChronicleLogging.releaseClosed();
    }

    private static void discard(ChroniclePartitionLog log) throws IOException {
        for (Segment segment : log.view().segments()) {
            segment.file().discard();
        }
        for (Segment segment : log.retirement().dropped()) {
            segment.file().discard();
        }
    }
}
