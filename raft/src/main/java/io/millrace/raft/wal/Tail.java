package io.millrace.raft.wal;

import io.millrace.raft.RaftListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The end of the journal, where the next group of the chain goes. Confined to the writer's thread
 * but for {@link #stalledNanos}.
 */
final class Tail {

    private final RaftListener listener;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private Segment active;
    private int position;
    private long nextGroup = 1;
    private long shardsBefore;
    private boolean isMarked = true;
    private volatile Writing writing;

    Tail(RaftListener listener, LongSupplier nanoTime, RandomGenerator random) {
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    /** A write or force that has not come back yet, since a time of the monotonic clock. */
    private record Writing(long since) {}

    /** Goes on where an earlier life ended. */
    void resume(LogEnd end) {
        active = end.active();
        position = end.position();
        nextGroup = end.nextGroup();
        shardsBefore = end.lastGroupShards();
    }

    /** Whether there is a segment yet. */
    boolean isBegun() {
        return active != null;
    }

    /** Whether the last group holds nothing that its rot could take away unseen. */
    boolean isMarked() {
        return isMarked;
    }

    /** Whether a group of a size leaves the given bytes free in the segment. */
    boolean fits(int groupBytes, int reserve) {
        return position + groupBytes + reserve <= active.bytes();
    }

    /**
     * Begins the next segment. Its head is forced with its first group: until then it only says
     * what is true anyway.
     */
    Segment begin(SegmentFile file, long oldestNeeded) throws IOException {
        long number = active == null ? 1 : active.number() + 1;
        SegmentHeader header =
                new SegmentHeader(number, nextGroup, position, oldestNeeded, random.nextLong());
        header.write(file.file());
        active = new Segment(file, header);
        position = SegmentHeader.DATA_START;
        return active;
    }

    /** Writes and forces a group, which may be empty, makes its records count and clears it. */
    void write(GroupBuilder group) throws IOException {
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
        isMarked = group.isEmpty();
        position += length;
        nextGroup++;
        shardsBefore = group.shards();
        int entries = group.entries();
        group.clear();
        listener.walForced(entries, length, written - start, forced - written);
    }

    /** How long the group that is being written has taken so far; 0 if none is. Thread-safe. */
    long stalledNanos() {
        Writing now = writing;
        return now == null ? 0 : Math.max(0, nanoTime.getAsLong() - now.since);
    }
}
