package io.millrace.raft.wal;

import io.millrace.raft.RaftListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps files ready for the writer: takes segments that nobody needs out of use, oldest first, and
 * makes new files, filled with zeroes and forced, so that neither that work nor a full disk meets
 * the writer. Runs on a thread of its own.
 */
final class SegmentPreparer implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentPreparer.class);
    private static final int STEP_BYTES = 1 << 20;

    /** So many times as long as a step takes, the disk is the writer's alone. */
    private static final int REST = 4;

    private static final long READ_RETRY_NANOS = 10_000_000;

    private final WalFiles files;
    private final WalOptions options;
    private final Segments segments;
    private final WalShards shards;
    private final RaftListener listener;
    private final LongSupplier nanoTime;
    private final Map<Long, Long> unneededSince = new HashMap<>();
    private int nextId;
    private volatile String problem;

    SegmentPreparer(
            WalFiles files,
            WalOptions options,
            Segments segments,
            WalShards shards,
            RaftListener listener,
            LongSupplier nanoTime,
            int nextId) {
        this.files = files;
        this.options = options;
        this.segments = segments;
        this.shards = shards;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.nextId = nextId;
    }

    /** Why no segment could be made, or null. */
    String problem() {
        return problem;
    }

    @Override
    public void run() {
        try {
            long delay;
            do {
                delay = Math.min(retire(), prepare());
            } while (segments.awaitWork(delay));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("the thread that prepares write-ahead log segments has died", e);
            listener.fatal("write-ahead log: preparing segments", e);
        }
    }

    /** Retires what it can and answers when to look again, in nanoseconds. */
    private long retire() {
        long now = nanoTime.getAsLong();
        List<Segment> live = segments.live();
        if (live.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long active = live.get(live.size() - 1).number();
        long needed = Math.min(active, shards.firstSegmentNeeded());
        for (Segment segment : live) {
            if (segment.number() >= needed) {
                break;
            }
            unneededSince.putIfAbsent(segment.number(), now);
        }
        for (Segment segment : live) {
            Long since = unneededSince.get(segment.number());
            if (since == null) {
                break;
            }
            long left = options.recycleGrace().toNanos() - (now - since);
            if (left > 0) {
                return left;
            }
            shards.forget(segment.number());
            if (segment.isRead()) {
                return READ_RETRY_NANOS;
            }
            unneededSince.remove(segment.number());
            segments.retireOldest();
            reuse(segment.slot());
        }
        return Long.MAX_VALUE;
    }

    private void reuse(SegmentFile file) {
        if (file.bytes() == options.segmentBytes() && segments.files() <= options.maxSegments()) {
            segments.add(file);
            return;
        }
        try {
            file.file().close();
            files.delete(file.name());
            segments.dropped();
        } catch (IOException e) {
            LOG.warn("cannot remove {}, which is of another size or one too many", file.file(), e);
        }
    }

    /** Makes what is missing and answers when to try again, in nanoseconds. */
    private long prepare() throws InterruptedException {
        while (segments.readyFiles() < options.segmentsAhead() && !segments.isClosed()) {
            if (!segments.reserve()) {
                return Long.MAX_VALUE;
            }
            try {
                segments.add(make());
                solved();
            } catch (IOException e) {
                segments.dropped();
                failed(e);
                return options.spaceRetry().toNanos();
            }
        }
        return Long.MAX_VALUE;
    }

    private void failed(IOException e) {
        if (problem == null) {
            LOG.warn("cannot allocate a segment of the write-ahead log in {}", files, e);
            problem = e.toString();
            listener.walSpaceChanged(problem);
        }
    }

    private void solved() {
        if (problem != null) {
            LOG.info("segments of the write-ahead log can be allocated again in {}", files);
            problem = null;
            listener.walSpaceChanged("");
        }
    }

    private SegmentFile make() throws IOException, InterruptedException {
        int id = nextId++;
        String unfinished = SegmentFile.name(id) + SegmentFile.UNFINISHED;
        try {
            try (WalFile file = files.create(unfinished)) {
                fill(file);
            }
            files.rename(unfinished, SegmentFile.name(id));
            files.forceDirectory();
            return new SegmentFile(id, files.open(SegmentFile.name(id)), options.segmentBytes());
        } catch (IOException e) {
            deleteAfter(e, unfinished);
            deleteAfter(e, SegmentFile.name(id));
            throw e;
        }
    }

    /**
     * In steps, with a rest after each: a force of the writer waits behind the zeroes that are on
     * their way to the disk, and acknowledgements wait for it.
     */
    private void fill(WalFile file) throws IOException, InterruptedException {
        int enough = Math.max(1, options.segmentsAhead() / 2);
        ByteBuffer zeroes = Block.allocate(Math.min(STEP_BYTES, options.segmentBytes()));
        for (int at = 0; at < options.segmentBytes(); at += zeroes.capacity()) {
            int step = Math.min(zeroes.capacity(), options.segmentBytes() - at);
            long start = nanoTime.getAsLong();
            file.write(zeroes.duplicate().limit(step), at);
            file.force();
            segments.rest(REST * (nanoTime.getAsLong() - start), enough);
        }
    }

    private void deleteAfter(IOException cause, String name) {
        try {
            files.delete(name);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
