package io.millrace.broker.shard;

import io.millrace.broker.group.GroupCodec;
import io.millrace.broker.group.GroupTable;
import io.millrace.broker.queue.QueueTableSnapshot;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Manifests as earlier versions wrote them. */
final class OldManifests {

    /** What a replicated part without groups ends in: the lengths of both tables, then they. */
    static final int NO_GROUPS =
            4
                    + GroupCodec.encode(GroupTable.EMPTY).remaining()
                    + 4
                    + QueueTableSnapshot.EMPTY.encode().remaining();

    private OldManifests() {}

    /** Version 1 of a manifest of version 3 that has neither holes nor groups. */
    static ByteBuffer withoutHoles(ByteBuffer manifest) {
        ByteBuffer in = manifest.duplicate();
        ByteBuffer out = ByteBuffer.allocate(in.remaining()).putInt(in.getInt() - 2);
        int replicated = in.getInt();
        int partitions = replicated - NO_GROUPS;
        out.putInt(partitions).put(in.slice(in.position(), partitions));
        in.position(in.position() + replicated);
        int lengthAt = out.position();
        int localEnd = in.getInt() + in.position();
        out.putInt(0);
        while (in.position() < localEnd) {
            int length = in.getInt();
            out.putInt(length - 1).put(in.slice(in.position(), length - 1));
            in.position(in.position() + length);
        }
        out.putInt(lengthAt, out.position() - lengthAt - 4);
        CRC32C crc = new CRC32C();
        crc.update(out.duplicate().flip());
        return out.putInt((int) crc.getValue()).flip();
    }
}
