package io.millrace.broker.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.StoredBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PulledChunkTest {

    private static final List<StoredBatch> SOUND =
            List.of(
                    FakeReplica.batch(1, 8, 20),
                    FakeReplica.batch(1, 12, 20),
                    FakeReplica.batch(1, 16, 20));

    private static String flaw(List<StoredBatch> batches) {
        return new PulledChunk(0, batches).flaw(8, 20).orElse("");
    }

    private static List<StoredBatch> with(int index, StoredBatch other) {
        List<StoredBatch> batches = new ArrayList<>(SOUND);
        batches.set(index, other);
        return batches;
    }

    private static StoredBatch batch(
            StoredBatch from, int count, long index, long time, ByteBuffer bytes) {
        return new StoredBatch(from.baseOffset(), count, index, from.leaderEpoch(), time, bytes);
    }

    @Test
    void shouldTakeWhatIsSound() {
        assertThat(flaw(SOUND)).isEmpty();
        assertThat(new PulledChunk(0, SOUND).flaw(10, 20)).isEmpty();
    }

    @Test
    void shouldFindEveryFlippedBit() {
        StoredBatch batch = SOUND.get(1);
        for (int i = 0; i < batch.batch().remaining(); i++) {
            byte[] bytes = new byte[batch.batch().remaining()];
            batch.batch().duplicate().get(bytes);
            bytes[i] ^= 1 << i % 8;
            StoredBatch spoilt =
                    batch(
                            batch,
                            4,
                            batch.raftIndex(),
                            batch.appendTimeMs(),
                            ByteBuffer.wrap(bytes));
            assertThat(flaw(with(1, spoilt))).contains("batch at offset 12 is corrupt");
        }
    }

    @Test
    void shouldFindWhatDoesNotFit() {
        StoredBatch last = SOUND.get(2);
        assertThat(flaw(List.of())).contains("holds nothing");
        assertThat(flaw(SOUND.subList(1, 3))).contains("begins with the offsets 12 to 16");
        assertThat(new PulledChunk(0, SOUND).flaw(12, 20)).isPresent();
        assertThat(new PulledChunk(0, SOUND).flaw(8, 19))
                .hasValueSatisfying(what -> assertThat(what).contains("ends at 20, beyond 19"));
        assertThat(flaw(List.of(SOUND.get(0), last))).contains("does not follow");
        assertThat(flaw(with(2, batch(last, 3, 90, 9_000, last.batch()))))
                .contains("has 4 records, not 3");
        assertThat(flaw(with(2, batch(last, 4, 90, 1, last.batch())))).contains("is older");
        assertThat(flaw(with(2, batch(last, 4, 1, 9_000, last.batch())))).contains("is older");
    }
}
