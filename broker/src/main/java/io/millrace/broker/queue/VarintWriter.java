package io.millrace.broker.queue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Writes numbers of seven bits a byte, lowest first: most offsets lie close to one another. */
final class VarintWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

    /** Any number; those from 0 to 127 take one byte. */
    VarintWriter put(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    /** All that was written, in an array-backed buffer of its own. */
    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(out.toByteArray());
    }
}
