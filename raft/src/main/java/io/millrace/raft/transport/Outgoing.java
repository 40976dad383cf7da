package io.millrace.raft.transport;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What waits to be sent on one side of a stream, bounded in bytes. Small messages that wait
 * together go together. Thread-safe; never blocks.
 */
final class Outgoing {

    /** Small enough to be copied without thought. */
    private static final int GATHER_BYTES = 64 << 10;

    /** Where it goes. Called by one thread at a time. */
    interface Sink {

        /** Whether more would not only pile up there. If not, {@link Outgoing#drain} follows. */
        boolean isReady();

        /** Reads the frame before it returns, or never. */
        void send(Frame frame);
    }

    /** What became of a message. */
    enum Fate {
        TAKEN,
        FULL,
        CLOSED
    }

    private final Sink sink;
    private final long maxBytes;
    private final Deque<ByteBuffer> queue = new ArrayDeque<>();
    private List<ByteBuffer> held = new ArrayList<>();
    private long waitingBytes;
    private boolean closed;

    Outgoing(Sink sink, long maxBytes) {
        this.sink = sink;
        this.maxBytes = maxBytes;
    }

    /** Sends a message as soon as possible. What it has lent is not used after the call. */
    synchronized Fate offer(OutgoingMessage message) {
        Fate fate = admit(message.bytes());
        if (fate != Fate.TAKEN) {
            return fate;
        }
        if (queue.isEmpty() && sink.isReady()) {
            waitingBytes -= message.bytes();
            sink.send(new Frame(message.parts()));
        } else {
            queue.add(message.kept());
            drain();
        }
        return fate;
    }

    /** Keeps a message until {@link #release}: others may go with it. */
    synchronized Fate hold(OutgoingMessage message) {
        Fate fate = admit(message.bytes());
        if (fate == Fate.TAKEN) {
            held.add(message.kept());
        }
        return fate;
    }

    /** Sends what is held. */
    synchronized void release() {
        if (!held.isEmpty()) {
            queue.addAll(held);
            held = new ArrayList<>();
            drain();
        }
    }

    private Fate admit(int bytes) {
        if (closed) {
            return Fate.CLOSED;
        }
        // One is always taken, however large.
        if (waitingBytes > 0 && waitingBytes + bytes > maxBytes) {
            return Fate.FULL;
        }
        waitingBytes += bytes;
        return Fate.TAKEN;
    }

    /** Sends what can be sent. */
    synchronized void drain() {
        while (!closed && !queue.isEmpty() && sink.isReady()) {
            List<ByteBuffer> parts = new ArrayList<>();
            int bytes = 0;
            do {
                ByteBuffer part = queue.remove();
                parts.add(part);
                bytes += part.remaining();
            } while (!queue.isEmpty() && bytes + queue.peek().remaining() <= GATHER_BYTES);
            waitingBytes -= bytes;
            sink.send(new Frame(parts));
        }
    }

    /** Sends a sign of life, if nothing else waits to be one. */
    synchronized void signOfLife() {
        if (!closed && queue.isEmpty() && sink.isReady()) {
            sink.send(Frame.SIGN_OF_LIFE);
        }
    }

    /** Drops what waits and takes nothing more. */
    synchronized void close() {
        closed = true;
        queue.clear();
        held = new ArrayList<>();
        waitingBytes = 0;
    }

    synchronized long waitingBytes() {
        return waitingBytes;
    }
}
