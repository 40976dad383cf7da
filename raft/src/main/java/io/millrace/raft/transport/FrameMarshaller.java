package io.millrace.raft.transport;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Frames as gRPC messages, copied once on either side. All parts are backed by arrays. */
final class FrameMarshaller implements MethodDescriptor.Marshaller<Frame> {

    @Override
    public InputStream stream(Frame frame) {
        return new Parts(frame);
    }

    @Override
    public Frame parse(InputStream stream) {
        try {
            byte[] bytes = new byte[stream.available()];
            int read = stream.readNBytes(bytes, 0, bytes.length);
            if (read < bytes.length || stream.read() >= 0) {
                throw new IOException("a frame of another length than announced");
            }
            return new Frame(bytes.length == 0 ? List.of() : List.of(ByteBuffer.wrap(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** gRPC asks for the length, then has it drained into its own buffers. */
    private static final class Parts extends InputStream implements Drainable, KnownLength {

        private final List<ByteBuffer> parts;
        private int part;
        private int position;
        private int left;

        Parts(Frame frame) {
            this.parts = frame.parts();
            this.left = frame.bytes();
        }

        @Override
        public int available() {
            return left;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int drained = left;
            while (left > 0) {
                ByteBuffer bytes = parts.get(part);
                int length = bytes.remaining() - position;
                target.write(bytes.array(), start(bytes), length);
                advance(length);
            }
            return drained;
        }

        @Override
        public int read() {
            if (left == 0) {
                return -1;
            }
            ByteBuffer bytes = parts.get(part);
            int value = bytes.array()[start(bytes)] & 0xff;
            advance(1);
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left == 0) {
                return length == 0 ? 0 : -1;
            }
            ByteBuffer bytes = parts.get(part);
            int count = Math.min(length, bytes.remaining() - position);
            System.arraycopy(bytes.array(), start(bytes), target, offset, count);
            advance(count);
            return count;
        }

        private int start(ByteBuffer bytes) {
            return bytes.arrayOffset() + bytes.position() + position;
        }

        private void advance(int count) {
            position += count;
            left -= count;
            if (position == parts.get(part).remaining()) {
                part++;
                position = 0;
            }
        }
    }
}
