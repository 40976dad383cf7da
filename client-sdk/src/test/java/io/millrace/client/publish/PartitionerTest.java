package io.millrace.client.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionerTest {
    /** From the reference implementation of xxHash64: other languages get the same. */
    @ParameterizedTest
    @CsvSource({
        "'', ef46db3751d8e999",
        "a, d24ec4f1a98c6e5b",
        "abc, 44bc2cf5ad770999",
    })
    void shouldChooseByTheUnsignedXxHash64OfTheKey(String key, String hash) {
        long expected = Long.parseUnsignedLong(hash, 16);
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        for (int partitions : new int[] {1, 2, 7, 10_000}) {
            assertThat(Partitioner.keyHash().partitionOf("t", bytes, partitions))
                    .isEqualTo((int) Long.remainderUnsigned(expected, partitions));
        }
    }
}
