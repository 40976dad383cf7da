package io.millrace.broker.shard;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Manifests as earlier versions wrote them. */
final class OldManifests {

    private OldManifests() {}

    /** Version 1 of a manifest of version 2 that has no holes: without the count at each end. */
    static ByteBuffer withoutHoles(ByteBuffer manifest) {
        ByteBuffer in = manifest.duplicate();
        ByteBuffer out = ByteBuffer.allocate(in.remaining()).putInt(in.getInt() - 1);
        int replicated = in.getInt();
        out.putInt(replicated).put(in.slice(in.position(), replicated));
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
