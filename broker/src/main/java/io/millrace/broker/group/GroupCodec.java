package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.nio.ByteBuffer;

/**
 * Commands and states of groups as bytes, for logs and checkpoints. What is read may be damaged: it
 * is wholly checked, and nothing but {@link MalformedException} is thrown. The buffers returned are
 * array-backed and the caller's own; those given keep their position. Without a checksum: logs and
 * checkpoints have theirs.
 */
public final class GroupCodec {

    private static final int FORMAT = 2;

    private GroupCodec() {}

    /** A command. */
    public static ByteBuffer encode(GroupCommand command) {
        WireWriter out = new WireWriter();
        out.int8(FORMAT);
        GroupCommandKind.encode(command, out);
        return out.toBuffer();
    }

    /** The command in the bytes. */
    public static GroupCommand decodeCommand(ByteBuffer bytes) throws MalformedException {
        return decode(bytes, GroupCommandKind::decode);
    }

    /** All groups of a shard. The same groups always give the same bytes. */
    public static ByteBuffer encode(GroupTable groups) {
        WireWriter out = new WireWriter();
        out.int8(FORMAT);
        groups.encode(out);
        return out.toBuffer();
    }

    /** All groups of a shard. */
    public static GroupTable decodeTable(ByteBuffer bytes) throws MalformedException {
        return decode(bytes, GroupTable::decode);
    }

    /** One group. The same group always gives the same bytes. */
    public static ByteBuffer encode(GroupState group) {
        WireWriter out = new WireWriter();
        out.int8(FORMAT);
        group.encode(out);
        return out.toBuffer();
    }

    /** One group. */
    public static GroupState decodeGroup(ByteBuffer bytes) throws MalformedException {
        return decode(bytes, GroupState::decode);
    }

    private static <T> T decode(ByteBuffer bytes, WireReader.Element<T> content)
            throws MalformedException {
        WireReader in = new WireReader(bytes);
        int format = in.int8();
        if (format != FORMAT) {
            throw new MalformedException(
                    "format " + format + " of groups; this broker reads " + FORMAT);
        }
        try {
            T value = content.read(in);
            in.end();
            return value;
        } catch (IllegalArgumentException e) {
            throw new MalformedException(e.getMessage());
        }
    }
}
