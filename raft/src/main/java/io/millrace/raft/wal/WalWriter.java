package io.millrace.raft.wal;

import io.millrace.raft.RaftListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what waits as one group, forces it once, then completes the waiters; and again. Only
 * futures are completed here, nothing of Raft is called. Confined to the writer's thread (to the
 * opening thread before it starts).
 */
final class WalWriter implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(WalWriter.class);
    private static final long LOOK_AGAIN_NANOS = 20_000_000;
    private static final long TELL_AGAIN_NANOS = 5_000_000_000L;

    private final WalOptions options;
    private final WalQueue queue;
    private final Segments segments;
    private final WalShards shards;
    private final Tail tail;
    private final RaftListener listener;
    private final LongSupplier nanoTime;
    private final GroupBuilder group;
    private final List<WalRequest> finished = new ArrayList<>();
    private WalRequest current;

    WalWriter(
            WalOptions options,
            WalQueue queue,
            Segments segments,
            WalShards shards,
            Tail tail,
            RaftListener listener,
            LongSupplier nanoTime) {
        this.options = options;
        this.queue = queue;
        this.segments = segments;
        this.shards = shards;
        this.tail = tail;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.group = new GroupBuilder(options.maxGroupBytes());
    }

    /** Writes how all shards stand after the last group of an earlier life. */
    void begin() throws IOException, InterruptedException {
        shards.addStatesTo(group);
        if (!tail.isBegun() || !tail.fits(group.totalBytesWith(0), 0)) {
            group.clear();
            roll();
        }
        writeGroup();
    }

    @Override
    public void run() {
        try {
            while (true) {
                long wait = tail.isMarked() ? Long.MAX_VALUE : options.idleMark().toNanos();
                WalRequest request = queue.take(wait);
                if (request != null) {
                    write(request);
                } else if (queue.isClosed()) {
                    break;
                } else if (!tail.isMarked()) {
                    writeIdleMark();
                }
            }
            if (!tail.isMarked()) {
                writeIdleMark();
            }
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            failed(e);
        }
    }

    private void write(WalRequest first) throws IOException, InterruptedException {
        for (current = first; current != null; current = nextForGroup()) {
            addAll(current);
        }
        if (!group.isEmpty()) {
            writeGroup();
        }
    }

    private WalRequest nextForGroup() {
        return group.totalBytesWith(WalRecord.HEADER_BYTES) > options.maxGroupBytes()
                ? null
                : queue.poll();
    }

    private void addAll(WalRequest request) throws IOException, InterruptedException {
        for (WalRecord record : request.records()) {
            makeRoom(record.bytes());
            if (request.shard().lostReason() != null && record.kind() != WalRecord.Kind.DISCARD) {
                request.fail(request.shard().lostException());
                return;
            }
            group.add(request.shard(), record);
        }
        finished.add(request);
    }

    /** Writes the group when it is full, and begins the next segment when this one is. */
    private void makeRoom(int recordBytes) throws IOException, InterruptedException {
        if (!group.isEmpty() && group.totalBytesWith(recordBytes) > options.maxGroupBytes()) {
            writeGroup();
        }
        if (fits(recordBytes)) {
            return;
        }
        if (!group.isEmpty()) {
            writeGroup();
        }
        roll();
        if (!fits(recordBytes)) {
            writeGroup();
        }
    }

    private boolean fits(int recordBytes) {
        return tail.fits(group.totalBytesWith(recordBytes), reserve());
    }

    /**
     * What stays free in a segment for the marks that free segments, a block for each shard that
     * may come with one, and for one empty group.
     */
    private int reserve() {
        int together = Block.aligned(GroupHeader.BYTES + shards.count() * WalRecord.HEADER_BYTES);
        int apart = Math.min(shards.count() * Block.BYTES, options.segmentBytes() / 16);
        return Block.BYTES + Math.max(together, Block.aligned(apart));
    }

    /** Begins the next segment, with how all shards stand: no record before it is needed. */
    private void roll() throws IOException, InterruptedException {
        SegmentFile file = segments.take(0);
        if (file == null) {
            file = waitForFile();
        }
        long oldest = tail.isBegun() ? segments.oldest().number() : 1;
        segments.begin(tail.begin(file, oldest));
        shards.addStatesTo(group);
    }

    private SegmentFile waitForFile() throws IOException, InterruptedException {
        long start = nanoTime.getAsLong();
        long told = start;
        while (true) {
            writePendingMarks();
            SegmentFile file = segments.take(LOOK_AGAIN_NANOS);
            if (file != null) {
                return file;
            }
            if (segments.isClosed() || queue.isClosed()) {
                throw new ClosedException();
            }
            long now = nanoTime.getAsLong();
            if (tail.isBegun() && segments.isFull() && now - told >= TELL_AGAIN_NANOS) {
                tellFull(now - start);
                told = now;
            }
            if (now - start > options.spaceWait().toNanos()) {
                throw new IOException(
                        "no segment of the write-ahead log came free, and none could be allocated,"
                                + " for "
                                + options.spaceWait());
            }
        }
    }

    /** The marks that wait behind what does not fit any more, since they free segments. */
    private void writePendingMarks() throws IOException {
        if (!tail.isBegun()) {
            return;
        }
        shards.addPendingMarksTo(group);
        if (!group.isEmpty() && tail.fits(group.totalBytesWith(0), 0)) {
            writeGroup();
        }
        group.clear();
    }

    /**
     * The cap is reached. A replica that pins the log and works is not given up, however long the
     * others wait for its checkpoint: that the other voters are a majority tells nothing of what
     * they hold, and two brokers that give the same shard up at the same time destroy what was
     * acknowledged. Whoever watches the shards gives up those that have failed.
     */
    private void tellFull(long waitedNanos) {
        List<Integer> pinning =
                shards.pinning(segments.oldest().number()).stream().map(WalShard::shard).toList();
        LOG.warn(
                "The write-ahead log has reached its cap of {} bytes and waits, for {} s now, for"
                        + " {}",
                options.capBytes(),
                TimeUnit.NANOSECONDS.toSeconds(waitedNanos),
                pinning.isEmpty() ? "those who read it" : "checkpoints of shards " + pinning);
    }

    private void writeIdleMark() throws IOException, InterruptedException {
        if (!tail.fits(Block.BYTES, 0)) {
            roll();
        }
        writeGroup();
    }

    /** Writes the group, and tells those whose records are all in it or in one before. */
    private void writeGroup() throws IOException {
        boolean frees = group.isFreeing();
        tail.write(group);
        finished.forEach(WalRequest::complete);
        finished.clear();
        if (frees) {
            segments.wake();
        }
    }

    /** The broker hears of it before those who wait, so that nobody acts on it first. */
    private void failed(Throwable cause) {
        WalFailedException reason =
                new WalFailedException("the write-ahead log has failed: " + cause, cause);
        queue.close(reason);
        try {
            if (!(cause instanceof ClosedException)) {
                LOG.error("the write-ahead log has failed and takes no more writes", cause);
                listener.fatal("write-ahead log", cause);
            }
        } finally {
            failWaiting(reason);
        }
    }

    private void failWaiting(WalFailedException reason) {
        finished.forEach(request -> request.fail(reason));
        if (current != null) {
            current.fail(reason);
        }
        for (WalRequest request = queue.poll(); request != null; request = queue.poll()) {
            request.fail(reason);
        }
    }

    /** Closed while it waited for space: nothing is wrong, but what waits cannot be written. */
    private static final class ClosedException extends IOException {

        private static final long serialVersionUID = 1L;

        ClosedException() {
            super("closed while it waited for space");
        }
    }
}
