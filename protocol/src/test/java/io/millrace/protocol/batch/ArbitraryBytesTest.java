package io.millrace.protocol.batch;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the bytes are, readers end with records or with CorruptBatchException. */
class ArbitraryBytesTest {
    private static final int ROUNDS = 4_000;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void shouldEndWithRecordsOrCorruptBatchException(Compression compression) {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            Random random = new Random(seed);
            ByteBuffer damaged = damagedBatch(compression, random);
            try {
                read(damaged);
            } catch (CorruptBatchException expected) {
                // The one exception that is allowed.
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    /**
     * A good batch with some bytes changed and its lengths and CRC made good, to get deep inside.
     */
    private static ByteBuffer damagedBatch(Compression compression, Random random) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        new RandomRecords(random).records(1 + random.nextInt(5)).forEach(builder::append);
        byte[] bytes = builder.build(compression).stamp(7, 0, 0);
        for (int i = random.nextInt(4); i >= 0; i--) {
            boolean inHeader = random.nextInt(4) == 0;
            int at =
                    inHeader
                            ? BatchHeader.AT_ATTRIBUTES
                                    + random.nextInt(BatchHeader.SIZE - BatchHeader.AT_ATTRIBUTES)
                            : BatchHeader.SIZE + random.nextInt(bytes.length - BatchHeader.SIZE);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : 0xFF);
        }
        ByteBuffer batch = ByteBuffer.wrap(bytes);
        if (random.nextInt(4) != 0) {
            batch.putInt(BatchHeader.AT_CRC, BatchHeader.crcOf(batch));
        }
        return batch;
    }

    private static void read(ByteBuffer bytes) {
        RecordBatch batch = RecordBatch.validated(bytes);
        batch.checkRecordCount();
        batch.records();
    }
}
