package io.millrace.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the groups of one segment in large steps, for the recovery. Not thread-safe. */
final class GroupReader {

    /** A record and the byte of the segment at which it begins. */
    record Located(WalRecord record, int offset) {}

    private static final Logger LOG = LoggerFactory.getLogger(GroupReader.class);
    private static final int STEP_BYTES = 1 << 20;

    private final Segment segment;
    private ByteBuffer window = ByteBuffer.allocate(STEP_BYTES);
    private int windowStart;

    GroupReader(Segment segment) {
        this.segment = segment;
        window.limit(0);
    }

    /** The head of the group of this segment that begins at a position, or null. */
    GroupHeader header(int position) {
        if (position > segment.bytes() - GroupHeader.BYTES) {
            return null;
        }
        ensure(position, GroupHeader.BYTES);
        GroupHeader header = GroupHeader.decode(window, position - windowStart);
        return header != null
                        && header.nonce() == segment.header().nonce()
                        && header.length() <= segment.bytes() - position - GroupHeader.BYTES
                ? header
                : null;
    }

    /** The position of the next group whose number is above the given one; -1 if none follows. */
    int findAfter(int position, long number) {
        for (int at = position; at <= segment.bytes() - GroupHeader.BYTES; at += Block.BYTES) {
            GroupHeader header = header(at);
            if (header != null && header.number() > number) {
                return at;
            }
        }
        return -1;
    }

    /** The records of a group; null unless all of them check out. Valid until the next call. */
    List<Located> records(int position, GroupHeader header) {
        ensure(position, GroupHeader.BYTES + header.length());
        List<Located> records = new ArrayList<>();
        CRC32C checksums = new CRC32C();
        ByteBuffer fourBytes = ByteBuffer.allocate(4);
        int at = position - windowStart + GroupHeader.BYTES;
        int end = at + header.length();
        while (at < end) {
            WalRecord record = RecordCodec.decode(window, at, end);
            if (record == null) {
                return null;
            }
            checksums.update(fourBytes.putInt(0, RecordCodec.storedChecksum(window, at)).array());
            records.add(new Located(record, windowStart + at));
            at += record.bytes();
        }
        return (int) checksums.getValue() == header.recordsChecksum() ? records : null;
    }

    /** The group's bytes as they are. Valid until the next call. */
    ByteBuffer bytes(int position, int length) {
        ensure(position, length);
        return window.slice(position - windowStart, length);
    }

    private void ensure(int position, int length) {
        if (position >= windowStart && position + length <= windowStart + window.limit()) {
            return;
        }
        int step = Math.min(Math.max(length, STEP_BYTES), segment.bytes() - position);
        if (step > window.capacity()) {
            window = ByteBuffer.allocate(step);
        }
        windowStart = position;
        window.clear().limit(step);
        try {
            segment.file().read(window, position);
        } catch (IOException e) {
            LOG.warn("{} cannot be read at byte {}", segment.file(), position, e);
            readBlocks(position, step);
        }
        window.flip();
    }

    /** A block that the disk cannot read counts as zeroes, that is, as damage. */
    private void readBlocks(int position, int step) {
        for (int at = 0; at < step; at += Block.BYTES) {
            ByteBuffer block = ByteBuffer.allocate(Math.min(Block.BYTES, step - at));
            try {
                segment.file().read(block, position + (long) at);
            } catch (IOException e) {
                LOG.warn("{} cannot be read at byte {}", segment.file(), position + at, e);
                block = ByteBuffer.allocate(block.capacity());
            }
            window.position(at).put(block.clear());
        }
    }
}
