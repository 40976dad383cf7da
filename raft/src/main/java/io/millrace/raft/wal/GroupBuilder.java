package io.millrace.raft.wal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Collects the records of the next group. Confined to the writer's thread. */
final class GroupBuilder {

    /** Whose state a record changes (null: nobody's), and where it lies after the group's begin. */
    record Member(WalShard shard, WalRecord record, int offset) {}

    private final int usualBytes;
    private final List<Member> members = new ArrayList<>();
    private final ByteBuffer fourBytes = ByteBuffer.allocate(4);
    private final CRC32C recordsChecksum = new CRC32C();
    private ByteBuffer buffer;
    private long shards;
    private int entries;
    private boolean freeing;

    GroupBuilder(int usualBytes) {
        this.usualBytes = usualBytes;
        this.buffer = Block.allocate(usualBytes);
        clear();
    }

    void clear() {
        members.clear();
        recordsChecksum.reset();
        shards = 0;
        entries = 0;
        freeing = false;
        if (buffer.capacity() > usualBytes) {
            buffer = Block.allocate(usualBytes);
        }
        buffer.clear().position(GroupHeader.BYTES);
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    List<Member> members() {
        return members;
    }

    long shards() {
        return shards;
    }

    /** How many Raft entries are in it. */
    int entries() {
        return entries;
    }

    /** Whether a record in it may make an old segment dispensable. */
    boolean isFreeing() {
        return freeing;
    }

    /** The bytes on disk if one more record of the given size were in it. */
    int totalBytesWith(int recordBytes) {
        return Block.aligned(buffer.position() + recordBytes);
    }

    void add(WalShard shard, WalRecord record) {
        ensureRoom(record.bytes());
        members.add(new Member(shard, record, buffer.position()));
        fourBytes.putInt(0, RecordCodec.encode(record, buffer));
        recordsChecksum.update(fourBytes.array());
        shards |= shard == null ? -1 : GroupHeader.shardBit(record.shard());
        if (record.kind() == WalRecord.Kind.ENTRY) {
            entries++;
        } else {
            freeing = true;
        }
    }

    private void ensureRoom(int bytes) {
        int needed = Block.aligned(buffer.position() + bytes);
        if (needed > buffer.capacity()) {
            ByteBuffer larger = Block.allocate(needed);
            buffer = larger.put(buffer.flip());
        }
    }

    /** The group's bytes, with header and padding; valid until the next call. */
    ByteBuffer finish(long nonce, long number, long shardsBefore) {
        int length = buffer.position() - GroupHeader.BYTES;
        new GroupHeader(
                        nonce,
                        number,
                        length,
                        shards,
                        shardsBefore,
                        (int) recordsChecksum.getValue())
                .encode(buffer, 0);
        int total = Block.aligned(buffer.position());
        while (buffer.position() < total) {
            buffer.put((byte) 0);
        }
        return buffer.duplicate().flip();
    }
}
