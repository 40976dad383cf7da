package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.shard.AppendResult.Duplicate;
import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.error.ErrorCode;
import org.junit.jupiter.api.Test;

class ProducerTableTest {

    private final ProducerTable table = new ProducerTable(new ProducerLimits(3, 1_000));
    private long nextOffset = 100;

    @Test
    void shouldTakeSequencesInOrderOnly() {
        store(7, 0, 0, 3, 1);
        store(7, 0, 3, 2, 2);
        assertThat(codeOf(7, 0, 6, 1)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        assertThat(codeOf(7, 0, 4, 2)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        store(7, 0, 5, 1, 3);
    }

    @Test
    void shouldLetAnUnknownProducerStartAtZeroOnly() {
        assertThat(codeOf(7, 0, 1, 1)).isEqualTo(ErrorCode.UNKNOWN_PRODUCER);
        store(7, 5, 0, 1, 1);
    }

    @Test
    void shouldRememberEightBatchesWithTheirOffsets() {
        for (int i = 0; i < 10; i++) {
            store(7, 0, 2 * i, 2, 10 + i);
        }
        assertThat(check(7, 0, 18, 2)).isEqualTo(new Duplicate(118, 1, 19));
        assertThat(check(7, 0, 4, 2)).isEqualTo(new Duplicate(104, 1, 12));
        assertThat(check(7, 0, 2, 2)).isEqualTo(Duplicate.FORGOTTEN);
        assertThat(check(7, 0, 0, 2)).isEqualTo(Duplicate.FORGOTTEN);
    }

    @Test
    void shouldNotGiveAnOffsetToADuplicateThatIsCutOtherwise() {
        store(7, 0, 0, 2, 1);
        store(7, 0, 2, 2, 1);
        assertThat(check(7, 0, 0, 4)).isEqualTo(Duplicate.FORGOTTEN);
        assertThat(check(7, 0, 1, 1)).isEqualTo(Duplicate.FORGOTTEN);
        assertThat(check(7, 0, 2, 1)).isEqualTo(Duplicate.FORGOTTEN);
    }

    @Test
    void shouldFenceTheLowerEpochAndRestartAtZeroWithAHigherOne() {
        store(7, 1, 0, 3, 1);
        assertThat(codeOf(7, 0, 3, 1)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(codeOf(7, 0, 0, 3)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(codeOf(7, 2, 3, 1)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        store(7, 2, 0, 1, 2);
        assertThat(codeOf(7, 1, 3, 1)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(check(7, 2, 0, 1)).isEqualTo(new Duplicate(103, 1, 2));
    }

    @Test
    void shouldForgetTheIdleOneWithoutATraceOfTheAsking() {
        store(7, 0, 0, 1, 1_000);
        assertThat(check(7, 0, 1, 1, 2_000)).isNull();
        assertThat(((Refused) check(7, 0, 1, 1, 2_001)).code())
                .isEqualTo(ErrorCode.UNKNOWN_PRODUCER);
        assertThat(table.states()).hasSize(1);
        store(8, 0, 0, 1, 2_001);
        assertThat(table.states()).extracting(ProducerState::producerId).containsExactly(8L);
    }

    @Test
    void shouldDropTheOneIdleLongestAtTheCap() {
        store(1, 0, 0, 1, 1);
        store(2, 0, 0, 1, 2);
        store(3, 0, 0, 1, 3);
        store(1, 0, 1, 1, 4);
        store(4, 0, 0, 1, 5);
        assertThat(table.states())
                .extracting(ProducerState::producerId)
                .containsExactly(3L, 1L, 4L);
        assertThat(codeOf(2, 0, 1, 1)).isEqualTo(ErrorCode.UNKNOWN_PRODUCER);
    }

    @Test
    void shouldTakeEverythingOfNoProducer() {
        store(0, 0, 0, 2, 1);
        store(0, 0, 0, 2, 1);
        assertThat(table.states()).isEmpty();
    }

    private void store(long id, int epoch, long sequence, int count, long timeMs) {
        BatchHeader header = BatchHeader.parse(batch(id, epoch, sequence, count));
        assertThat(table.check(header, timeMs)).isNull();
        table.stored(header, nextOffset, 1, timeMs);
        nextOffset += count;
    }

    private AppendResult check(long id, int epoch, long sequence, int count) {
        return check(id, epoch, sequence, count, 20);
    }

    private AppendResult check(long id, int epoch, long sequence, int count, long timeMs) {
        return table.check(BatchHeader.parse(batch(id, epoch, sequence, count)), timeMs);
    }

    private ErrorCode codeOf(long id, int epoch, long sequence, int count) {
        return ((Refused) check(id, epoch, sequence, count)).code();
    }
}
