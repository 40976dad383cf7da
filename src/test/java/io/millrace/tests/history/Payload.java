package io.millrace.tests.history;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/** What a record of a run carries: its value, where it was sent to, padding, and a checksum. */
public final class Payload {

    /** Value, partition, checksum. */
    public static final int MIN_BYTES = 8 + 4 + 4;

    private Payload() {}

    /**
     * The bytes to send.
     *
     * @param size at least {@link #MIN_BYTES}
     */
    public static byte[] of(long value, int partition, int size) {
        byte[] bytes = new byte[Math.max(size, MIN_BYTES)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).putLong(value).putInt(partition);
        // Padding that differs from record to record: bytes of another one do not go unnoticed.
        Arrays.fill(bytes, buffer.position(), bytes.length - 4, (byte) (value ^ value >>> 40));
        buffer.putInt(bytes.length - 4, checksum(bytes));
        return bytes;
    }

    /** The value in it; empty unless it is, byte for byte, what was sent to this partition. */
    public static OptionalLong value(byte[] bytes, int partition) {
        if (bytes == null || bytes.length < MIN_BYTES) {
            return OptionalLong.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt(bytes.length - 4) != checksum(bytes) || buffer.getInt(8) != partition) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(buffer.getLong(0));
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        return (int) crc.getValue();
    }
}
