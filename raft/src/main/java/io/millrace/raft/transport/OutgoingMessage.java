package io.millrace.raft.transport;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A message to be sent, as {@link FrameFormat} writes it.
 *
 * @param own its beginning, or all of it
 * @param lent what follows, in arrays that may be used for something else as soon as the call that
 *     hands the message in has returned
 */
record OutgoingMessage(ByteBuffer own, List<ByteBuffer> lent) {

    OutgoingMessage(ByteBuffer whole) {
        this(whole, List.of());
    }

    int bytes() {
        int bytes = own.remaining();
        for (ByteBuffer part : lent) {
            bytes += part.remaining();
        }
        return bytes;
    }

    /** The message where it lies. */
    List<ByteBuffer> parts() {
        List<ByteBuffer> parts = new ArrayList<>(1 + lent.size());
        parts.add(own);
        parts.addAll(lent);
        return parts;
    }

    /** The message for later: a copy, if anything of it is lent. */
    ByteBuffer kept() {
        if (lent.isEmpty()) {
            return own;
        }
        ByteBuffer copy = ByteBuffer.allocate(bytes()).put(own.duplicate());
        lent.forEach(part -> copy.put(part.duplicate()));
        return copy.flip();
    }
}
