package io.millrace.raft.transport;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What goes over a lane at once: any number of messages, one behind the other. None: a sign of
 * life.
 *
 * @param parts the messages, each as {@link FrameFormat} writes it, whole or in pieces; when
 *     received, one part with all of them
 */
record Frame(List<ByteBuffer> parts) {

    static final Frame SIGN_OF_LIFE = new Frame(List.of());

    int bytes() {
        int bytes = 0;
        for (ByteBuffer part : parts) {
            bytes += part.remaining();
        }
        return bytes;
    }
}
