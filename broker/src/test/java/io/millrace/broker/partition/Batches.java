package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Batches whose every field follows from their offset, so that a wrong one is seen. */
final class Batches {

    static final long STEP_MS = 10;

    private Batches() {}

    static long time(long baseOffset) {
        return 1_000_000 + baseOffset * STEP_MS;
    }

    static StoredBatch batch(long baseOffset, int records, int bytes) {
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) (baseOffset >> i % Long.BYTES * 8 ^ i);
        }
        return new StoredBatch(
                baseOffset,
                records,
                baseOffset + 5,
                baseOffset / 100 + 1,
                time(baseOffset),
                ByteBuffer.wrap(content));
    }

    static List<StoredBatch> following(PartitionLog log, int batches, int records, int bytes) {
        List<StoredBatch> following = new ArrayList<>();
        long offset = log.endOffset();
        for (int i = 0; i < batches; i++) {
            following.add(batch(offset, records, bytes));
            offset += records;
        }
        return following;
    }

    /** What lies between two offsets, in batches of so many records. */
    static List<StoredBatch> between(long from, long to, int records, int bytes) {
        List<StoredBatch> batches = new ArrayList<>();
        for (long offset = from; offset < to; offset += records) {
            batches.add(batch(offset, records, bytes));
        }
        return batches;
    }

    static void append(PartitionLog log, int batches, int records, int bytes) throws IOException {
        for (int i = 0; i < batches; i++) {
            log.append(following(log, 1, records, bytes));
        }
    }

    /** They follow each other between the offsets and hold what was appended. */
    static void check(List<StoredBatch> batches, long from, long to) {
        long offset = from;
        for (StoredBatch batch : batches) {
            StoredBatch right = batch(offset, batch.recordCount(), batch.batch().remaining());
            if (!batch.equals(right)) {
                assertThat(batch).isEqualTo(right);
            }
            offset = batch.endOffset();
        }
        assertThat(offset).isEqualTo(to);
    }
}
