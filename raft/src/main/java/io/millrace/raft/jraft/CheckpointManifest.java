package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.raft.StateMachine.CheckpointMark;
import java.nio.ByteBuffer;

/**
 * A checkpoint as its file holds it.
 *
 * @param shard the shard's number
 * @param meta where it stands in the Raft log, and the shard's members there
 * @param installed whether it came from another replica: the log may not have been told yet when it
 *     became durable
 * @param payload the state machine's manifest
 */
record CheckpointManifest(int shard, SnapshotMeta meta, boolean installed, ByteBuffer payload) {

    private static final int MAGIC = 0x4d524350; // "MRCP"
    private static final int FORMAT = 2;
    private static final int HEADER = 6 * Integer.BYTES + 2 * Long.BYTES;

    /** Without the flags. */
    private static final int OLD_FORMAT = 1;

    private static final int INSTALLED = 1;

    CheckpointMark mark() {
        return new CheckpointMark(meta.getLastIncludedIndex(), meta.getLastIncludedTerm());
    }

    /** The file's bytes, in parts, so that a large payload is not copied. */
    ByteBuffer[] encode() {
        byte[] members = meta.toByteArray();
        ByteBuffer head = ByteBuffer.allocate(HEADER + members.length);
        head.putInt(MAGIC).putInt(FORMAT).putInt(installed ? INSTALLED : 0).putInt(shard);
        head.putLong(meta.getLastIncludedIndex()).putLong(meta.getLastIncludedTerm());
        head.putInt(members.length).putInt(payload.remaining()).put(members).flip();
        ByteBuffer body = payload.duplicate();
        ByteBuffer tail =
                ByteBuffer.allocate(Checksum.BYTES).putInt(Checksum.of(head, body)).flip();
        return new ByteBuffer[] {head, body, tail};
    }

    /** The file's bytes in one piece. */
    ByteBuffer toBytes() {
        ByteBuffer[] parts = encode();
        long length = 0;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
        for (ByteBuffer part : parts) {
            bytes.put(part);
        }
        return bytes.flip();
    }

    static CheckpointManifest decode(ByteBuffer file) throws CorruptFileException {
        ByteBuffer bytes = Checksum.verified(file);
        if (bytes.remaining() < HEADER - Integer.BYTES || bytes.getInt() != MAGIC) {
            throw new CorruptFileException("not a checkpoint");
        }
        int format = bytes.getInt();
        if (format != FORMAT && format != OLD_FORMAT) {
            throw new CorruptFileException(
                    "format " + format + ", this version reads formats up to " + FORMAT);
        }
        int flags = format == FORMAT ? bytes.getInt() : 0;
        if (bytes.remaining() < HEADER - 3 * Integer.BYTES) {
            throw new CorruptFileException("it ends in its head");
        }
        int shard = bytes.getInt();
        long index = bytes.getLong();
        long term = bytes.getLong();
        int membersLength = bytes.getInt();
        int payloadLength = bytes.getInt();
        if (membersLength < 0
                || payloadLength < 0
                || (long) membersLength + payloadLength != bytes.remaining()) {
            throw new CorruptFileException("lengths do not add up");
        }
        SnapshotMeta meta;
        try {
            meta = SnapshotMeta.parseFrom(bytes.slice(bytes.position(), membersLength));
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptFileException("members cannot be read: " + e.getMessage());
        }
        if (meta.getLastIncludedIndex() != index || meta.getLastIncludedTerm() != term) {
            throw new CorruptFileException("its two marks differ");
        }
        ByteBuffer payload = bytes.slice(bytes.position() + membersLength, payloadLength);
        return new CheckpointManifest(shard, meta, (flags & INSTALLED) != 0, payload);
    }
}
