package io.millrace.broker.receiving;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.StoredBatch;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class HeldBatchesTest {

    private final AtomicLong all = new AtomicLong();

    private static HeldBatch batch(long baseOffset, int bytes) {
        byte[] batch =
                new RecordBatchBuilder()
                        .append(new Record(1, null, new byte[bytes]))
                        .append(new Record(1, null, new byte[bytes]))
                        .build(Compression.NONE)
                        .stamp(0, 0, 0);
        return HeldBatch.of(new StoredBatch(baseOffset, 2, 1, 1, 1, ByteBuffer.wrap(batch)), null);
    }

    @Test
    void shouldFindTheBatchOfARecord() {
        HeldBatches held = new HeldBatches(all, 1 << 20);
        held.put(batch(4, 10), 0);
        assertThat(held.find(3, 0)).isNull();
        assertThat(held.find(5, 0).baseOffset()).isEqualTo(4);
        assertThat(held.find(6, 0)).isNull();
    }

    @Test
    void shouldLetGoOfABatchWithItsLastRecord() {
        HeldBatches held = new HeldBatches(all, 1 << 20);
        HeldBatch batch = batch(0, 10);
        held.put(batch, 0);
        batch.offered();
        batch.offered();
        held.handedOut(0, 2);
        assertThat(held.isEmpty()).isFalse();
        held.handedOut(1, 2);
        assertThat(held.isEmpty()).isTrue();
        assertThat(all.get()).isZero();
    }

    @Test
    void shouldKeepWhatWasUsedLastWithinTheBounds() {
        HeldBatches held = new HeldBatches(all, 10_000_000);
        for (int i = 0; i < 10; i++) {
            held.put(batch(2 * i, 200_000), i);
        }
        held.find(1, 10);
        assertThat(held.isEnough()).isTrue();
        assertThat(all.get()).as("nothing is let go of within a turn").isGreaterThan(4_000_000);
        held.fit(11);
        assertThat(all.get()).isLessThanOrEqualTo(HeldBatches.MOST);
        assertThat(held.find(0, 11)).isNotNull();
        assertThat(held.find(2, 11)).isNull();
        assertThat(held.find(18, 11)).isNotNull();
    }

    @Test
    void shouldHoldNothingBetweenTurnsWhileOthersHoldTooMuch() {
        HeldBatches held = new HeldBatches(all, 1_000_000);
        held.put(batch(0, 1_000), 0);
        all.addAndGet(2_000_000);
        held.fit(0);
        assertThat(held.isEmpty()).isTrue();
        assertThat(all.get()).isEqualTo(2_000_000);
    }

    @Test
    void shouldLetGoOfWhatNobodyLooksAt() {
        HeldBatches held = new HeldBatches(all, 1 << 20);
        held.put(batch(0, 10), 0);
        held.put(batch(2, 10), 0);
        held.find(0, 3_000);
        held.fit(HeldBatches.MAX_AGE_MS);
        assertThat(held.find(2, 0)).isNull();
        assertThat(held.find(0, 0)).isNotNull();
        held.clear();
        assertThat(all.get()).isZero();
    }
}
