package io.millrace.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.wal.WalRecord.Kind;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ShardStateTest {

    private final ShardState state = new ShardState();
    private int offset = 8192;

    private void entry(long index, long term) {
        apply(new WalRecord(Kind.ENTRY, 1, index, term, (byte) 0, ByteBuffer.allocate(0)));
    }

    private void apply(WalRecord record) {
        state.apply(record, Place.of(1, offset += 32));
    }

    @Test
    void shouldLetALowerIndexSupersedeWhatWasThereFromItOn() {
        entry(1, 1);
        entry(2, 1);
        entry(3, 1);
        entry(2, 2);
        state.settle();
        assertThat(state.lostReason()).isNull();
        assertThat(state.entries().next()).isEqualTo(3);
        assertThat(state.entries().term(1)).isEqualTo(1);
        assertThat(state.entries().term(2)).isEqualTo(2);
    }

    /** S5: a jump up without a reset is a hole, not a new begin. */
    @Test
    void shouldTakeAHigherIndexWithoutAResetForDamage() {
        entry(1, 1);
        entry(3, 1);
        state.settle();
        assertThat(state.lostReason()).contains("entry 3 follows entry 1");
    }

    @Test
    void shouldTakeAHigherIndexAfterAReset() {
        entry(1, 1);
        apply(WalRecord.of(Kind.RESET, 1, 30));
        entry(30, 1);
        state.settle();
        assertThat(state.lostReason()).isNull();
        assertThat(state.first()).isEqualTo(30);
    }

    @Test
    void shouldTakeACutBehindTheEndForDamage() {
        entry(1, 1);
        apply(WalRecord.of(Kind.TRUNCATE_SUFFIX, 1, 5));
        assertThat(state.lostReason()).contains("cut back to entry 5");
    }

    @Test
    void shouldTakeAStateThatDiffersForDamage() {
        entry(1, 1);
        apply(WalRecord.state(1, 1, 3));
        assertThat(state.lostReason()).contains("next entry is 2, but should be 3");
    }

    @Test
    void shouldBelieveTheStateWhereItsRecordsBeginLater() {
        state.damaged();
        apply(WalRecord.state(1, 40, 40));
        state.settle();
        assertThat(state.lostReason()).isNull();
        assertThat(state.entries().next()).isEqualTo(40);
    }

    @Test
    void shouldBeLostWhenWhatItNeedsBeginsBeforeWhatIsThere() {
        state.damaged();
        apply(WalRecord.state(1, 30, 40));
        entry(40, 1);
        state.settle();
        assertThat(state.lostReason()).contains("entries 30 to 39");
    }

    @Test
    void shouldStayLostUntilDiscarded() {
        apply(WalRecord.lost(1, "because"));
        entry(1, 1);
        state.settle();
        assertThat(state.lostReason()).isEqualTo("because");
        assertThat(state.firstSegmentNeeded()).isEqualTo(Long.MAX_VALUE);
        apply(WalRecord.of(Kind.DISCARD, 1, 0));
        entry(1, 1);
        assertThat(state.lostReason()).isNull();
        assertThat(state.firstSegmentNeeded()).isEqualTo(1);
    }
}
