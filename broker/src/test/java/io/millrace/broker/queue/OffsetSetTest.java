package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against a {@link BitSet}, with random content. */
final class OffsetSetTest {

    private static final int LIMIT = 60;

    @Test
    void shouldDoWhatABitSetDoes() {
        long first = Long.getLong("seed", new Random().nextInt(1_000_000));
        for (long seed = first; seed < first + 2_000; seed++) {
            try {
                compare(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("fails with -Dseed=" + seed, e);
            }
        }
    }

    private static void compare(Random random) {
        BitSet left = random(random);
        BitSet right = random(random);
        int at = random.nextInt(LIMIT + 2);
        OffsetSet a = of(left);
        OffsetSet b = of(right);
        assertThat(bits(a)).isEqualTo(left);
        assertThat(a.count()).isEqualTo(left.cardinality());
        assertThat(a.contains(at)).isEqualTo(left.get(at));
        assertThat(a.nextAbsent(at)).isEqualTo(left.nextClearBit(at));
        int present = left.nextSetBit(at);
        assertThat(a.nextPresent(at)).isEqualTo(present < 0 ? Long.MAX_VALUE : present);

        BitSet union = (BitSet) left.clone();
        union.or(right);
        assertThat(a.union(b)).isEqualTo(of(union));
        BitSet minus = (BitSet) left.clone();
        minus.andNot(right);
        assertThat(a.minus(b)).isEqualTo(of(minus));
        BitSet below = (BitSet) left.clone();
        below.clear(at, LIMIT + 10);
        assertThat(a.below(at)).isEqualTo(of(below));
        BitSet from = (BitSet) left.clone();
        from.clear(0, at);
        assertThat(a.from(at)).isEqualTo(of(from));

        VarintWriter out = new VarintWriter();
        a.write(out);
        assertThat(OffsetSet.read(new VarintReader(out.toBuffer()))).isEqualTo(a);
    }

    @Test
    void shouldRefuseBytesThatAreNoSet() {
        assertThatThrownBy(() -> read(1, 5, 0)).hasMessageContaining("empty, or touch");
        assertThatThrownBy(() -> read(2, 5, 1, 0, 1)).hasMessageContaining("empty, or touch");
        assertThatThrownBy(() -> read(1, 5, -9)).hasMessageContaining("beyond the largest");
        assertThatThrownBy(() -> read(1L << 40, 1, 1)).hasMessageContaining("count");
    }

    private static OffsetSet read(long... numbers) {
        VarintWriter out = new VarintWriter();
        for (long number : numbers) {
            out.put(number);
        }
        return OffsetSet.read(new VarintReader(out.toBuffer()));
    }

    private static BitSet random(Random random) {
        BitSet bits = new BitSet();
        int ranges = random.nextInt(8);
        for (int i = 0; i < ranges; i++) {
            int from = random.nextInt(LIMIT);
            bits.set(from, from + random.nextInt(6));
        }
        return bits;
    }

    private static OffsetSet of(BitSet bits) {
        return OffsetSet.of(bits.stream().asLongStream().toArray());
    }

    private static BitSet bits(OffsetSet set) {
        BitSet bits = new BitSet();
        for (int range = 0; range < set.rangeCount(); range++) {
            bits.set((int) set.rangeFrom(range), (int) set.rangeTo(range));
        }
        return bits;
    }
}
