package io.millrace.raft.wal;

import io.millrace.raft.RaftListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what waits as one group, forces it once, then completes the waiters; and again. Only
 * futures are completed here, nothing of Raft is called. Everything but {@link #stalledNanos} is
 * confined to the writer's thread (to the opening thread before it starts).
 */
final class WalWriter implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(WalWriter.class);
    private static final long LOOK_AGAIN_NANOS = 20_000_000;

    private final WalOptions options;
    private final WalQueue queue;
    private final Segments segments;
    private final Collection<WalShard> shards;
    private final RaftListener listener;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final GroupBuilder group;
    private final long damagedShards;
    private final List<WalRequest> finished = new ArrayList<>();
    private WalRequest current;
    private Segment active;
    private int position;
    private long nextGroup;
    private long shardsBefore;
    private boolean lastIsUnmarked;
    private volatile Writing writing;

    WalWriter(
            WalOptions options,
            WalQueue queue,
            Segments segments,
            Collection<WalShard> shards,
            RaftListener listener,
            LongSupplier nanoTime,
            RandomGenerator random,
            long damagedShards) {
        this.options = options;
        this.queue = queue;
        this.segments = segments;
        this.shards = shards;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.random = random;
        this.damagedShards = damagedShards;
        this.group = new GroupBuilder(options.maxGroupBytes());
    }

    /** A write or force that has not come back yet, since a time of the monotonic clock. */
    private record Writing(long since) {}

    /** How long the group that is being written has taken so far; 0 if none is. Thread-safe. */
    long stalledNanos() {
        Writing now = writing;
        return now == null ? 0 : Math.max(0, nanoTime.getAsLong() - now.since);
    }

    /** Goes on after the last group of an earlier life, whose place is durable. */
    void resume(LogEnd end) throws IOException, InterruptedException {
        nextGroup = end.nextGroup();
        shardsBefore = end.lastGroupShards();
        if (end.active() == null) {
            roll();
        } else {
            active = end.active();
            position = end.position();
            addState();
            if (position + group.totalBytesWith(0) > active.bytes()) {
                group.clear();
                roll();
            }
        }
        writeGroup();
    }

    @Override
    public void run() {
        try {
            while (true) {
                long wait = lastIsUnmarked ? options.idleMark().toNanos() : Long.MAX_VALUE;
                WalRequest request = queue.take(wait);
                if (request != null) {
                    write(request);
                } else if (queue.isClosed()) {
                    break;
                } else if (lastIsUnmarked) {
                    writeIdleMark();
                }
            }
            if (lastIsUnmarked) {
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
        completeFinished();
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
        return position + group.totalBytesWith(recordBytes) + reserve() <= active.bytes();
    }

    /** What stays free in a segment for the marks that free segments, and for one empty group. */
    private int reserve() {
        return GroupHeader.ALIGNMENT
                + GroupHeader.aligned(GroupHeader.BYTES + shards.size() * WalRecord.HEADER_BYTES);
    }

    /** Begins the next segment; its head is forced with its first group. */
    private void roll() throws IOException, InterruptedException {
        SegmentFile file = segments.take(0);
        if (file == null) {
            file = waitForFile();
        }
        long number = active == null ? 1 : active.number() + 1;
        long oldest = active == null ? 1 : segments.live().get(0).number();
        SegmentHeader header =
                new SegmentHeader(number, nextGroup, position, oldest, random.nextLong());
        header.write(file.file());
        active = new Segment(file, header);
        position = SegmentHeader.DATA_START;
        segments.begin(active);
        addState();
    }

    /** Each segment begins with how all shards stand, so that no record before it is needed. */
    private void addState() {
        for (WalShard shard : shards) {
            group.add(shard, shard.stateRecord());
        }
        if (damagedShards != 0) {
            group.add(null, WalRecord.of(WalRecord.Kind.DAMAGE, 0, damagedShards));
        }
    }

    private SegmentFile waitForFile() throws IOException, InterruptedException {
        long start = nanoTime.getAsLong();
        while (true) {
            writePendingMarks();
            SegmentFile file = segments.take(LOOK_AGAIN_NANOS);
            if (file != null) {
                return file;
            }
            if (segments.isClosed() || queue.isClosed()) {
                throw new ClosedException();
            }
            if (active != null && segments.isFull()) {
                giveUpOldest();
            }
            if (nanoTime.getAsLong() - start > options.spaceWait().toNanos()) {
                throw new IOException("no segment could be allocated for " + options.spaceWait());
            }
        }
    }

    /** The marks that wait behind what does not fit any more, since they free segments. */
    private void writePendingMarks() throws IOException {
        if (active == null) {
            return;
        }
        for (WalShard shard : shards) {
            WalRecord mark = shard.pendingMark();
            if (mark != null) {
                group.add(shard, mark);
            }
        }
        if (group.isEmpty()) {
            return;
        }
        if (position + group.totalBytesWith(0) <= active.bytes()) {
            writeGroup();
        } else {
            group.clear();
        }
    }

    /** The cap is reached: rather one shard's replica than all of them. */
    private void giveUpOldest() {
        long oldest = segments.live().get(0).number();
        for (WalShard shard : shards) {
            if (shard.firstSegmentNeeded() <= oldest) {
                String reason =
                        "the write-ahead log reached its cap of "
                                + options.capBytes()
                                + " bytes, and this shard needed its oldest segment";
                LOG.error("shard {} is given up: {}", shard.shard(), reason);
                shard.giveUp(reason);
                listener.shardLost(shard.shard(), reason);
            }
        }
        segments.wake();
    }

    private void writeIdleMark() throws IOException, InterruptedException {
        if (position + GroupHeader.ALIGNMENT > active.bytes()) {
            roll();
        }
        writeGroup();
    }

    /** Writes and forces the group, which may be empty, and makes its records count. */
    private void writeGroup() throws IOException {
        ByteBuffer bytes = group.finish(active.header().nonce(), nextGroup, shardsBefore);
        int length = bytes.remaining();
        long start = nanoTime.getAsLong();
        writing = new Writing(start);
        active.file().write(bytes, position);
        long written = nanoTime.getAsLong();
        active.file().force();
        long forced = nanoTime.getAsLong();
        writing = null;
        for (GroupBuilder.Member member : group.members()) {
            if (member.shard() != null) {
                long place = Place.of(active.number(), position + member.offset());
                member.shard().durable(member.record(), place);
            }
        }
        boolean frees = group.isFreeing();
        lastIsUnmarked = !group.isEmpty();
        position += length;
        nextGroup++;
        shardsBefore = group.shards();
        int entries = group.entries();
        group.clear();
        completeFinished();
        if (frees) {
            segments.wake();
        }
        listener.walForced(entries, length, written - start, forced - written);
    }

    private void completeFinished() {
        finished.forEach(WalRequest::complete);
        finished.clear();
    }

    private void failed(Throwable cause) {
        WalFailedException reason =
                new WalFailedException("the write-ahead log has failed: " + cause, cause);
        queue.close(reason);
        finished.forEach(request -> request.fail(reason));
        if (current != null) {
            current.fail(reason);
        }
        for (WalRequest request = queue.poll(); request != null; request = queue.poll()) {
            request.fail(reason);
        }
        if (!(cause instanceof ClosedException)) {
            LOG.error("the write-ahead log has failed and takes no more writes", cause);
            listener.fatal("write-ahead log", cause);
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
