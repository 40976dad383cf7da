package io.millrace.raft.transport;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The arrays that a byte string is made of, uncopied where it has some. */
final class LentBytes extends ByteOutput {

    private final List<ByteBuffer> parts = new ArrayList<>(1);

    private LentBytes() {}

    /** Its bytes in order; all parts are backed by arrays and must not be written to. */
    static List<ByteBuffer> of(ByteString bytes) {
        LentBytes lent = new LentBytes();
        try {
            UnsafeByteOperations.unsafeWriteTo(bytes, lent);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lent.parts;
    }

    @Override
    public void write(byte value) {
        parts.add(ByteBuffer.wrap(new byte[] {value}));
    }

    /** The array may change after the call, even now. */
    @Override
    public void write(byte[] value, int offset, int length) {
        parts.add(ByteBuffer.allocate(length).put(value, offset, length).flip());
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
        parts.add(ByteBuffer.wrap(value, offset, length));
    }

    @Override
    public void write(ByteBuffer value) {
        parts.add(ByteBuffer.allocate(value.remaining()).put(value).flip());
    }

    @Override
    public void writeLazy(ByteBuffer value) {
        if (value.hasArray()) {
            parts.add(value.slice());
        } else {
            write(value);
        }
    }
}
