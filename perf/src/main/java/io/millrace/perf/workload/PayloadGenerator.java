package io.millrace.perf.workload;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The keys and values of a run, the same for the same seed. Half of the bytes are random and half
 * are text, in turns, so that compression finds about what it finds in real data. Immutable,
 * thread-safe.
 */
public final class PayloadGenerator {
    private static final int BLOCK = 32;
    private static final int MIN_POOL = 1 << 20;
    private static final byte[] TEXT =
            "the mill turns the race runs on ".getBytes(US_ASCII); // one block

    private final long run;
    private final long seed;
    private final int size;
    private final byte[] pool;
    private final byte[][] keys;

    /**
     * @param run goes into each stamp
     * @param workload size, keys and seed
     */
    public PayloadGenerator(long run, Workload workload) {
        this.run = run;
        this.seed = workload.seed();
        this.size = workload.recordSize();
        SplittableRandom random = new SplittableRandom(seed);
        pool = new byte[Math.max(MIN_POOL, 2 * size)];
        random.nextBytes(pool);
        for (int at = BLOCK; at + BLOCK <= pool.length; at += 2 * BLOCK) {
            System.arraycopy(TEXT, 0, pool, at, BLOCK);
        }
        keys = new byte[workload.keyCount()][];
        Arrays.setAll(keys, i -> "key-%08d".formatted(i).getBytes(US_ASCII));
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

    /** Spreads neighbours far apart (the finaliser of SplitMix64). */
    private long mix(int publisher, long sequence) {
        long z = seed + sequence * 0x9e3779b97f4a7c15L + publisher * 0xd1342543de82ef95L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
