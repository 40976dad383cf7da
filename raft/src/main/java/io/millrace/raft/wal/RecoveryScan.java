package io.millrace.raft.wal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the journal once, for all shards. The groups are a chain of numbers. Where it breaks, and
 * no later group of the chain is found behind, the last write was torn: that is the end. If one is
 * found, what lies between was durable once and is damaged: nothing is guessed, and the shards that
 * were concerned must show by later records that they do not need it, or are lost.
 */
final class RecoveryScan {

    private static final Logger LOG = LoggerFactory.getLogger(RecoveryScan.class);
    private static final long ALL_SHARDS = -1;

    private final Map<Integer, ShardState> shards = new HashMap<>();
    private long damagedShards;
    private long expected = 1;
    private int position;
    private Segment lastGroup;
    private int lastGroupPosition;
    private int lastGroupBytes;
    private long lastGroupShards;

    /** Reads all segments of a directory. */
    LogEnd scan(SegmentDirectory directory) {
        Segment previous = null;
        for (Segment segment : directory.chain()) {
            GroupReader reader = new GroupReader(segment);
            enter(segment, reader, previous);
            scan(segment, reader);
            previous = segment;
        }
        if (!directory.damaged().isEmpty()) {
            damaged(ALL_SHARDS, "a segment whose head is damaged");
        }
        shards.values().forEach(ShardState::settle);
        return new LogEnd(
                previous,
                position,
                expected,
                lastGroup,
                lastGroupPosition,
                lastGroupBytes,
                lastGroupShards);
    }

    /** The state of every shard that has left a trace. */
    Map<Integer, ShardState> shards() {
        return shards;
    }

    /**
     * Shards that may have been in damaged groups, see {@link GroupHeader#shardBit}: one of them
     * that has left no other trace is not new but lost.
     */
    long damagedShards() {
        return damagedShards;
    }

    /** The segment before must have ended where this one says, with the group before its first. */
    private void enter(Segment segment, GroupReader reader, Segment previous) {
        SegmentHeader header = segment.header();
        if (previous != null) {
            boolean follows = segment.number() == previous.number() + 1;
            long missing = header.firstGroup() - expected;
            if (!follows || missing != 0 || position != header.previousEnd()) {
                GroupHeader first = reader.header(SegmentHeader.DATA_START);
                boolean known = follows && missing == 1 && first != null;
                damaged(
                        known ? first.shardsBefore() : ALL_SHARDS,
                        "groups "
                                + expected
                                + " to "
                                + (header.firstGroup() - 1)
                                + " before "
                                + segment.file());
            }
        }
        expected = header.firstGroup();
        position = SegmentHeader.DATA_START;
    }

    private void scan(Segment segment, GroupReader reader) {
        while (true) {
            GroupHeader header = reader.header(position);
            boolean isNext = header != null && header.number() == expected;
            List<GroupReader.Located> records = isNext ? reader.records(position, header) : null;
            if (records != null) {
                apply(segment, header, records);
                continue;
            }
            int found = reader.findAfter(position, expected);
            if (found < 0) {
                return;
            }
            GroupHeader later = reader.header(found);
            damaged(
                    later.number() == expected + 1 ? later.shardsBefore() : ALL_SHARDS,
                    "groups "
                            + expected
                            + " to "
                            + (later.number() - 1)
                            + " in "
                            + segment.file()
                            + " at byte "
                            + position);
            expected = later.number();
            position = found;
        }
    }

    private void apply(Segment segment, GroupHeader header, List<GroupReader.Located> records) {
        for (GroupReader.Located located : records) {
            WalRecord record = located.record();
            if (record.kind() == WalRecord.Kind.DAMAGE) {
                damagedShards |= record.index();
            } else {
                stateOf(record).apply(record, Place.of(segment.number(), located.offset()));
            }
        }
        lastGroup = segment;
        lastGroupPosition = position;
        lastGroupBytes = header.totalBytes();
        lastGroupShards = header.shards();
        position += header.totalBytes();
        expected++;
    }

    private ShardState stateOf(WalRecord record) {
        return shards.computeIfAbsent(
                record.shard(),
                shard -> {
                    ShardState state = new ShardState();
                    boolean hasEarlierRecords = record.kind() == WalRecord.Kind.STATE;
                    if (hasEarlierRecords || (damagedShards & GroupHeader.shardBit(shard)) != 0) {
                        state.damaged();
                    }
                    return state;
                });
    }

    private void damaged(long concerned, String what) {
        LOG.error("the write-ahead log is damaged: {}", what);
        damagedShards |= concerned;
        shards.forEach(
                (shard, state) -> {
                    if ((concerned & GroupHeader.shardBit(shard)) != 0) {
                        state.damaged();
                    }
                });
    }
}
