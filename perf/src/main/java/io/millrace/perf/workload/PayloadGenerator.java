package io.millrace.perf.workload;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The keys and values of a run, the same for the same seed. Values are cut from a block that is
 * made ahead, so that a record costs a copy and a checksum. Immutable, thread-safe.
 */
public final class PayloadGenerator {
    private static final int BLOCK = 32;
    private static final int MIN_POOL = 4 << 20;
    private static final byte[] TEXT =
            "the mill turns the race runs on ".getBytes(US_ASCII); // one block

    private final long run;
    private final long seed;
    private final int size;
    private final byte[] pool;
    private final byte[][] keys;

    private PayloadGenerator(long run, Workload workload, byte[] pool) {
        this.run = run;
        this.seed = workload.seed();
        this.size = workload.recordSize();
        this.pool = pool;
        keys = new byte[workload.keyCount()][];
        Arrays.setAll(keys, i -> "key-%08d".formatted(i).getBytes(US_ASCII));
    }

    private PayloadGenerator(long run, PayloadGenerator other) {
        this.run = run;
        this.seed = other.seed;
        this.size = other.size;
        this.pool = other.pool;
        this.keys = other.keys;
    }

    /**
     * Half of the bytes of values are random and half are text, in turns, so that compression finds
     * about what it finds in real data.
     *
     * @param run goes into each stamp
     * @param workload size, keys and seed
     */
    public static PayloadGenerator halfRandom(long run, Workload workload) {
        byte[] pool = random(workload);
        for (int at = BLOCK; at + BLOCK <= pool.length; at += 2 * BLOCK) {
            System.arraycopy(TEXT, 0, pool, at, BLOCK);
        }
        return new PayloadGenerator(run, workload, pool);
    }

    /** As {@link #halfRandom}, but all bytes are random: nothing can be gained by compression. */
    public static PayloadGenerator random(long run, Workload workload) {
        return new PayloadGenerator(run, workload, random(workload));
    }

    /** The same values, but for the run in their stamps. */
    public PayloadGenerator ofRun(long other) {
        return new PayloadGenerator(other, this);
    }

    /** The key of a record; null if records have none. */
    public byte[] key(int publisher, long sequence) {
        if (keys.length == 0) {
            return null;
        }
        return keys[(int) Long.remainderUnsigned(mix(publisher, ~sequence), keys.length)];
    }

    /**
     * A new value with its stamp.
     *
     * @param key what {@link #key} gave for this record
     * @param sentNanos in nanoseconds from the start of the run
     */
    public byte[] value(int publisher, long sequence, byte[] key, long sentNanos) {
        int from = (int) Long.remainderUnsigned(mix(publisher, sequence), pool.length - size + 1);
        byte[] value = Arrays.copyOfRange(pool, from, from + size);
        new Stamp(run, publisher, sequence, sentNanos).write(key, value);
        return value;
    }

    private static byte[] random(Workload workload) {
        byte[] pool = new byte[Math.max(MIN_POOL, 2 * workload.recordSize())];
        new SplittableRandom(workload.seed()).nextBytes(pool);
        return pool;
    }

    /** Spreads neighbours far apart (the finaliser of SplitMix64). */
    private long mix(int publisher, long sequence) {
        long z = seed + sequence * 0x9e3779b97f4a7c15L + publisher * 0xd1342543de82ef95L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
