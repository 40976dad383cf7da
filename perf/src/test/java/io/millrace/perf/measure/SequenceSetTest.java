package io.millrace.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SequenceSetTest {

    @Test
    void shouldAgreeWithASetOfNumbers() {
        long seed = 20_261_122;
        SplittableRandom random = new SplittableRandom(seed);
        SequenceSet tested = new SequenceSet();
        Set<Long> expected = new HashSet<>();
        for (int i = 0; i < 60_000; i++) {
            long number = random.nextLong(20_000);
            assertThat(tested.add(number)).as("seed %d", seed).isEqualTo(expected.add(number));
        }
        for (long number = 0; number < 25_000; number++) {
            assertThat(tested.contains(number)).isEqualTo(expected.contains(number));
        }
        assertThat(tested.size()).isEqualTo(expected.size());
    }

    @Test
    void shouldFindWhatIsMissingAcrossPages() {
        SequenceSet set = new SequenceSet();
        SequenceSet other = new SequenceSet();
        for (long number = 0; number < 20_000; number++) {
            if (number != 4_096 && number != 12_287 && number != 12_288) {
                set.add(number);
            }
        }
        other.add(12_287);
        assertThat(set.firstMissing(0, 20_000, other)).isEqualTo(4_096);
        assertThat(set.firstMissing(4_097, 20_000, other)).isEqualTo(12_288);
        assertThat(set.firstMissing(12_289, 20_000, other)).isEqualTo(20_000);
        assertThat(set.firstMissing(12_289, 20_010, other)).isEqualTo(20_000);
        assertThat(set.firstMissing(0, 10, other)).isEqualTo(10);
    }

    @Test
    void shouldRefuseWhatIsInAFullPage() {
        SequenceSet set = new SequenceSet();
        for (long number = 0; number < 8_192; number++) {
            assertThat(set.add(number)).isTrue();
        }
        assertThat(set.add(0)).isFalse();
        assertThat(set.add(8_191)).isFalse();
        assertThat(set.size()).isEqualTo(8_192);
    }
}
