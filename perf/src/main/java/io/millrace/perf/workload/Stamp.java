package io.millrace.perf.workload;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The first bytes of each value: who sent it, which of the sender's records it is, when, and a
 * checksum over key and value. Big-endian: magic (4), run (8), publisher (4), sequence (8), sent
 * (8), CRC32C (4) of the key and of the value without these four bytes.
 *
 * @param run tells the runs apart that share a topic
 * @param publisher counted from 0
 * @param sequence counted from 0 for each publisher
 * @param sentNanos when it was sent or should have been, in nanoseconds from the start of the run
 */
public record Stamp(long run, int publisher, long sequence, long sentNanos) {
    /** How many bytes it takes. */
    public static final int BYTES = 36;

    private static final int MAGIC = 0x4d524231; // MRB1
    private static final int RUN = 4;
    private static final int PUBLISHER = 12;
    private static final int SEQUENCE = 16;
    private static final int SENT = 24;
    private static final int CRC = 32;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /**
     * Writes it into a value whose other bytes are complete.
     *
     * @param key may be null
     */
    public void write(byte[] key, byte[] value) {
        INT.set(value, 0, MAGIC);
        LONG.set(value, RUN, run);
        INT.set(value, PUBLISHER, publisher);
        LONG.set(value, SEQUENCE, sequence);
        LONG.set(value, SENT, sentNanos);
        INT.set(value, CRC, checksum(key, value));
    }

    /** Whether a value, which may be null, starts like one of a benchmark. */
    public static boolean isIn(byte[] value) {
        return value != null && value.length >= BYTES && (int) INT.get(value, 0) == MAGIC;
    }

    /** Whether neither key nor value of a stamped record have changed since. */
    public static boolean isWhole(byte[] key, byte[] value) {
        return (int) INT.get(value, CRC) == checksum(key, value);
    }

    /** Reads it from a stamped value. */
    public static Stamp read(byte[] value) {
        return new Stamp(
                (long) LONG.get(value, RUN),
                (int) INT.get(value, PUBLISHER),
                (long) LONG.get(value, SEQUENCE),
                (long) LONG.get(value, SENT));
    }

    private static int checksum(byte[] key, byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(value, 0, CRC);
        crc.update(value, BYTES, value.length - BYTES);
        if (key != null) {
            crc.update(key, 0, key.length);
        }
        return (int) crc.getValue();
    }
}
