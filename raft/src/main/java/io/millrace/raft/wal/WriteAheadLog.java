package io.millrace.raft.wal;

import io.millrace.raft.RaftListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The journal of a broker: the Raft logs of all its shards, written and forced together.
 *
 * <p>Thread-safe. Opening reads the whole log once. A failed write or force ends it for good in
 * this process: every waiting and later append fails, {@link RaftListener#fatal} is called, and
 * nothing is tried again. The directory must not be opened twice at a time.
 */
public final class WriteAheadLog implements AutoCloseable {

    private static final long CLOSE_SECONDS = 30;

    private final WalOptions options;
    private final RaftListener listener;
    private final WalQueue queue;
    private final Segments segments;
    private final SegmentPreparer preparer;
    private final Tail tail;
    private final WalWriter writer;
    private final WalShards shards;
    private final Thread writerThread;
    private final Thread preparerThread;

    private WriteAheadLog(
            WalFiles files,
            WalOptions options,
            RaftListener listener,
            LongSupplier nanoTime,
            RandomGenerator random,
            SegmentDirectory directory,
            RecoveryScan scan) {
        this.options = options;
        this.listener = listener;
        this.queue = new WalQueue(options.queueBytes());
        this.segments = new Segments(options, directory);
        this.shards = new WalShards(options, queue, segments, scan);
        this.preparer =
                new SegmentPreparer(
                        files, options, segments, shards, listener, nanoTime, directory.nextId());
        this.tail = new Tail(listener, nanoTime, random);
        this.writer = new WalWriter(options, queue, segments, shards, tail, listener, nanoTime);
        this.writerThread = thread(writer, "wal-writer");
        this.preparerThread = thread(preparer, "wal-preparer");
    }

    /**
     * Opens the log in a directory, which is made if it is not there, and reads it. Blocks until
     * its end is durable.
     *
     * @param nanoTime a monotonic clock
     * @param random source of the segments' nonces; must not be guessable by those who send data,
     *     or they could send what looks like a group of the log
     * @throws IOException if the files cannot be read or written, or are of a later version. Damage
     *     inside is no such error: see {@link #lostShards}
     */
    public static WriteAheadLog open(
            Path directory,
            WalOptions options,
            RaftListener listener,
            LongSupplier nanoTime,
            RandomGenerator random)
            throws IOException {
        return open(
                new DiskFiles(directory, options.directIo()), options, listener, nanoTime, random);
    }

    static WriteAheadLog open(
            WalFiles files,
            WalOptions options,
            RaftListener listener,
            LongSupplier nanoTime,
            RandomGenerator random)
            throws IOException {
        SegmentDirectory directory = SegmentDirectory.open(files);
        RecoveryScan scan = new RecoveryScan();
        LogEnd end = scan.scan(directory);
        WriteAheadLog log =
                new WriteAheadLog(files, options, listener, nanoTime, random, directory, scan);
        try {
            end.makeDurable();
            log.start(end);
            log.removeUseless(files, directory);
            log.writerThread.start();
            return log;
        } catch (IOException | RuntimeException e) {
            log.stopPreparer();
            try {
                log.segments.closeFiles();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private void start(LogEnd end) throws IOException {
        preparerThread.start();
        try {
            tail.resume(end);
            writer.begin();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening the write-ahead log", e);
        }
    }

    /** Damaged files and those of another size, now that the log says what the damage meant. */
    private void removeUseless(WalFiles files, SegmentDirectory directory) throws IOException {
        List<SegmentFile> useless = new ArrayList<>(directory.damaged());
        for (SegmentFile file : directory.spare()) {
            if (file.bytes() != options.segmentBytes()) {
                useless.add(file);
            }
        }
        for (SegmentFile file : useless) {
            file.file().close();
            files.delete(file.name());
        }
    }

    private static Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * The log of a shard, empty if there is none yet. Never blocks. All operations on the log of a
     * shard that is lost fail with {@link WalFailedException}.
     */
    public ShardLog shard(int shard) {
        return shards.get(shard);
    }

    /**
     * Forgets a shard, also that it was lost, and blocks until that is durable. To be called before
     * a new replica of the shard begins here, and when a replica is removed.
     *
     * @throws WalFailedException as {@link ShardLog#append}
     */
    public void discard(int shard) {
        shards.get(shard).discard();
    }

    /**
     * Gives a shard up for lost, so that the segments that only it needs can be used again. Never
     * blocks. Does nothing if it is lost already.
     */
    public void giveUp(int shard, String reason) {
        WalShard given = shards.get(shard);
        if (given.lostReason() == null) {
            // First: whoever sees the shard fail must know already that it is lost.
            listener.shardLost(shard, reason);
            given.giveUp(reason);
            segments.wake();
        }
    }

    /**
     * The shards whose part of the log is damaged or was given up, and why. Of a shard whose only
     * records were damaged nothing is known until {@link #shard} is asked for it: ask for all
     * replicas that should be here before looking.
     */
    public Map<Integer, String> lostShards() {
        return shards.lost();
    }

    /** What the log takes now, and who keeps it from taking less. Never blocks for long. */
    public WalUsage usage() {
        List<Segment> live = segments.live();
        long used = live.stream().mapToLong(Segment::bytes).sum();
        long oldest = live.get(0).number();
        Set<Integer> pinning = new HashSet<>();
        Map<Integer, Long> pinned = new HashMap<>();
        shards.forEach(
                (id, shard) -> {
                    long first = shard.firstSegmentNeeded();
                    long bytes =
                            live.stream()
                                    .filter(segment -> segment.number() >= first)
                                    .mapToLong(Segment::bytes)
                                    .sum();
                    if (bytes > 0) {
                        pinned.put(id, bytes);
                    }
                    if (first <= oldest) {
                        pinning.add(id);
                    }
                });
        return new WalUsage(used, options.capBytes(), pinning, pinned);
    }

    /**
     * Why the next segment cannot be allocated (a full disk, mostly); empty if it can. What is
     * allocated ahead still takes writes; {@link RaftListener#walSpaceChanged} says when it
     * changes.
     */
    public String spaceProblem() {
        String problem = preparer.problem();
        return problem == null ? "" : problem;
    }

    /**
     * How long the write or force under way has taken so far, in nanoseconds; 0 if there is none.
     * Never blocks: for a watch on disks that hang.
     */
    public long stalledNanos() {
        return tail.stalledNanos();
    }

    /**
     * Writes what waits, takes no more, and closes the files. Blocks, at most half a minute for
     * each thread.
     */
    @Override
    public void close() throws IOException {
        queue.close(new WalFailedException("the write-ahead log is closed"));
        join(writerThread);
        stopPreparer();
        segments.closeFiles();
    }

    private void stopPreparer() {
        segments.close();
        join(preparerThread);
    }

    /** Not cut short by an interrupt: a file must not be closed under its writer. */
    private static void join(Thread thread) {
        boolean interrupted = false;
        long left = TimeUnit.SECONDS.toMillis(CLOSE_SECONDS);
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                thread.join(left);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
