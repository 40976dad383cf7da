package io.millrace.perf.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class PayloadGeneratorTest {
    private static final long RUN = 42;

    @Test
    void shouldGiveTheSameRecordForTheSameSeed() {
        assertThat(generator(500, 10).value(1, 2, null, 3))
                .isEqualTo(generator(500, 10).value(1, 2, null, 3))
                .isNotEqualTo(generator(500, 10).value(1, 3, null, 3))
                .hasSize(500);
        assertThat(generator(500, 10).key(1, 2)).isEqualTo(generator(500, 10).key(1, 2));
    }

    @Test
    void shouldStampEachValue() {
        PayloadGenerator generator = generator(36, 0);
        byte[] value = generator.value(3, 9_999_999_999L, null, 77);
        assertThat(Stamp.isIn(value)).isTrue();
        assertThat(Stamp.isWhole(null, value)).isTrue();
        assertThat(Stamp.read(value)).isEqualTo(new Stamp(RUN, 3, 9_999_999_999L, 77));
    }

    @Test
    void shouldNoticeEachChangedByteAfterTheMagic() {
        PayloadGenerator generator = generator(80, 5);
        byte[] key = generator.key(0, 1);
        byte[] value = generator.value(0, 1, key, 5);
        for (int i = 4; i < value.length; i++) {
            byte[] changed = value.clone();
            changed[i] ^= 1;
            assertThat(Stamp.isWhole(key, changed)).as("byte %d", i).isFalse();
        }
        byte[] other = key.clone();
        other[0] ^= 1;
        assertThat(Stamp.isWhole(other, value)).isFalse();
        assertThat(Stamp.isWhole(null, value)).isFalse();
    }

    @Test
    void shouldUseAllKeysAndNoOthers() {
        PayloadGenerator generator = generator(36, 8);
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            keys.add(Arrays.toString(generator.key(0, i)));
        }
        assertThat(keys).hasSize(8);
        assertThat(generator(36, 0).key(0, 1)).isNull();
    }

    @Test
    void shouldCompressToAboutHalf() {
        assertThat(compressed(generator(1_000, 0))).isBetween(0.45, 0.65);
    }

    @Test
    void shouldNotCompressIfAllIsRandom() {
        assertThat(compressed(PayloadGenerator.random(RUN, Workloads.of(1, 1_000, 0, 1))))
                .isGreaterThan(0.95);
    }

    @Test
    void shouldGiveTheSameRecordsToAnotherRun() {
        PayloadGenerator generator = generator(500, 10);
        byte[] value = generator.ofRun(RUN + 1).value(1, 2, null, 3);
        assertThat(Stamp.read(value)).isEqualTo(new Stamp(RUN + 1, 1, 2, 3));
        assertThat(Arrays.copyOfRange(value, Stamp.BYTES, value.length))
                .isEqualTo(
                        Arrays.copyOfRange(
                                generator.value(1, 2, null, 3), Stamp.BYTES, value.length));
    }

    @Test
    void shouldNotTakeOtherValuesForItsOwn() {
        assertThat(Stamp.isIn(null)).isFalse();
        assertThat(Stamp.isIn(new byte[35])).isFalse();
        assertThat(Stamp.isIn(new byte[100])).isFalse();
    }

    private static PayloadGenerator generator(int size, int keys) {
        return PayloadGenerator.halfRandom(RUN, Workloads.of(1, size, keys, 4));
    }

    private static double compressed(PayloadGenerator generator) {
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        for (int i = 0; i < 64; i++) {
            batch.writeBytes(generator.value(0, i, null, i));
        }
        Deflater deflater = new Deflater();
        deflater.setInput(batch.toByteArray());
        deflater.finish();
        int compressed = deflater.deflate(new byte[2 * batch.size()]);
        deflater.end();
        return compressed / (double) batch.size();
    }
}
