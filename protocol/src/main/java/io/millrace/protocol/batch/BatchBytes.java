package io.millrace.protocol.batch;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Finds where the bytes of a batch lie in a message. The read-only view that a ByteString gives of
 * itself hides its array, and without one a CRC is taken of copies.
 */
public final class BatchBytes {
    private BatchBytes() {}

    /**
     * A view of a batch in a message, not a copy, backed by an array if the message is. It is for
     * reading: whoever writes into it changes the message.
     *
     * @return a buffer of its own, from 0 to the size of the batch
     */
    public static ByteBuffer of(ByteString batch) {
        Places places = new Places();
        try {
            UnsafeByteOperations.unsafeWriteTo(batch, places);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // A string of several pieces has no array to be looked at.
        return places.count == 1 ? places.last : ByteBuffer.wrap(batch.toByteArray());
    }

    /**
     * The same for a message that the caller has for himself, with some of what lies before the
     * batch in its array, which the buffer's owner may write over.
     *
     * @param room how many bytes at most
     * @return a buffer that holds the batch between position and limit, and before its position as
     *     much of the room as there is
     */
    public static ByteBuffer withRoom(ByteString batch, int room) {
        ByteBuffer alone = of(batch);
        int before = alone.hasArray() ? Math.min(room, alone.arrayOffset()) : 0;
        return before == 0
                ? alone
                : ByteBuffer.wrap(
                                alone.array(),
                                alone.arrayOffset() - before,
                                before + alone.remaining())
                        .slice()
                        .position(before);
    }

    /** Is shown the pieces of a string, and copies nothing. */
    private static final class Places extends ByteOutput {
        private int count;
        private ByteBuffer last;

        @Override
        public void write(byte value) {
            throw new UnsupportedOperationException("a string is shown in pieces");
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            throw new UnsupportedOperationException("a string is shown as it lies in memory");
        }

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            seen(ByteBuffer.wrap(value, offset, length));
        }

        @Override
        public void write(ByteBuffer value) {
            throw new UnsupportedOperationException("a string is shown as it lies in memory");
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            seen(value);
        }

        private void seen(ByteBuffer piece) {
            count++;
            last = piece.slice();
        }
    }
}
