package io.millrace.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.workload.PayloadGenerator;
import io.millrace.perf.workload.Workloads;
import org.junit.jupiter.api.Test;

class OffsetVerifierTest {
    private final OffsetVerifier verifier = new OffsetVerifier(new long[] {10, 0});
    private final byte[] value =
            PayloadGenerator.halfRandom(1, Workloads.of(1, 60, 0, 1)).value(0, 0, null, 0);

    @Test
    void shouldAcceptDenseOffsets() {
        give(0, 10, 11, 12);
        give(1, 0, 1);
        Verification found = verifier.finish(new long[] {13, 2});
        assertThat(found.good()).isTrue();
        assertThat(found.expected()).isEqualTo(5);
        assertThat(found.received()).isEqualTo(5);
    }

    @Test
    void shouldFindHolesAtStartMiddleAndEnd() {
        give(0, 11, 13);
        Verification found = verifier.finish(new long[] {15, 3});
        assertThat(found.lost()).isEqualTo(6);
        assertThat(found.expected()).isEqualTo(8);
        assertThat(found.firstProblem()).isEqualTo("offset 10 of partition 0 is lost");
    }

    @Test
    void shouldFindAnOffsetThatCameAgain() {
        give(0, 10, 11, 10);
        assertThat(verifier.finish(new long[] {12, 0}).outOfOrder()).isEqualTo(1);
    }

    @Test
    void shouldFindACorruptRecord() {
        value[40] ^= 1;
        give(1, 0);
        assertThat(verifier.result().corrupt()).isEqualTo(1);
    }

    @Test
    void shouldOnlyCountRecordsThatNoBenchmarkSent() {
        verifier.accept(1, 0, null, new byte[3]);
        assertThat(verifier.result().foreign()).isEqualTo(1);
        assertThat(verifier.result().good()).isTrue();
    }

    private void give(int partition, long... offsets) {
        for (long offset : offsets) {
            verifier.accept(partition, offset, null, value);
        }
    }
}
