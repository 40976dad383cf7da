package io.millrace.broker.queue;

import java.nio.ByteBuffer;

/**
 * Reads what {@link VarintWriter} wrote. Whatever the bytes are, it throws nothing but {@link
 * IllegalArgumentException}, and no count is larger than the bytes left can hold.
 */
final class VarintReader {

    private final ByteBuffer in;

    /** Reads what lies between position and limit, and leaves the buffer as it is. */
    VarintReader(ByteBuffer bytes) {
        this.in = bytes.slice();
    }

    long get() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (!in.hasRemaining()) {
                throw new IllegalArgumentException("the bytes end within a number");
            }
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 10 bytes");
    }

    int getInt() {
        long value = get();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(value + " where a small number is expected");
        }
        return (int) value;
    }

    /** The difference to a number before, which must not lead beyond the largest. */
    long getAbove(long before) {
        long value = before + get();
        if (value < before) {
            throw new IllegalArgumentException("an offset beyond the largest one");
        }
        return value;
    }

    /**
     * How many elements follow.
     *
     * @param minBytesEach what each of them takes at least
     */
    int count(int minBytesEach) {
        long count = get();
        if (count < 0 || count > in.remaining() / minBytesEach) {
            throw new IllegalArgumentException(
                    "count " + count + " where " + in.remaining() + " bytes are left");
        }
        return (int) count;
    }

    void end() {
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes too many");
        }
    }
}
