package io.millrace.broker.receiving;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.queue.RecordDelivery;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.v1.DeliveredRecord;
import io.millrace.v1.QueueDelivery;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class DeliveryCutTest {

    private static final long BASE = 100;

    private static HeldBatch batch(int count, int valueBytes, Compression compression) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        Random random = new Random(7);
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[valueBytes];
            random.nextBytes(value);
            value[0] = (byte) i;
            builder.append(new Record(1_000 + i, null, value));
        }
        byte[] bytes = builder.build(compression).stamp(0, 0, 0);
        return HeldBatch.of(
                new StoredBatch(BASE, count, 1, 1, 5_000, ByteBuffer.wrap(bytes)), null);
    }

    private static List<QueueDelivery> cut(HeldBatch batch, long... indexes) {
        return DeliveryCut.cut(
                3,
                batch,
                LongStream.of(indexes)
                        .mapToObj(i -> new RecordDelivery("m", BASE + i, 1_000 + i, 1))
                        .toList());
    }

    /** What is listed is in the batch at its place. */
    private static TreeSet<Long> checked(List<QueueDelivery> messages) {
        TreeSet<Long> offsets = new TreeSet<>();
        for (QueueDelivery message : messages) {
            List<Record> records =
                    RecordBatch.validated(message.getBatch().asReadOnlyByteBuffer()).records();
            for (DeliveredRecord one : message.getRecordsList()) {
                Record record = records.get((int) (one.getOffset() - message.getBaseOffset()));
                assertThat(record.value()[0]).isEqualTo((byte) (one.getOffset() - BASE));
                assertThat(record.timestampMs()).isEqualTo(900 + one.getOffset());
                assertThat(one.getDeliveryId()).isEqualTo(900 + one.getOffset());
                assertThat(offsets.add(one.getOffset())).isTrue();
            }
        }
        return offsets;
    }

    @Test
    void shouldSendAWholeBatchAsItIs() {
        HeldBatch batch = batch(4, 1_000, Compression.NONE);
        List<QueueDelivery> messages = cut(batch, 0, 1, 2, 3);
        assertThat(messages).hasSize(1);
        assertThat(messages.get(0).getBatch().asReadOnlyByteBuffer())
                .isEqualTo(batch.stored().batch());
        assertThat(messages.get(0).getHandle()).isEqualTo(3);
        assertThat(messages.get(0).getAppendTimeMs()).isEqualTo(5_000);
    }

    @Test
    void shouldLeaveLargeRecordsOutAndTakeSmallOnesAlong() {
        assertThat(cut(batch(10, 2_000, Compression.NONE), 1, 2, 7))
                .extracting(QueueDelivery::getBaseOffset)
                .containsExactly(101L, 107L);
        assertThat(cut(batch(10, 50, Compression.NONE), 1, 2, 7))
                .extracting(QueueDelivery::getBaseOffset)
                .containsExactly(101L);
    }

    @Test
    void shouldCutLongRuns() {
        long[] all = LongStream.range(0, 30).toArray();
        List<QueueDelivery> messages = cut(batch(40, 100_000, Compression.NONE), all);
        assertThat(messages).hasSizeGreaterThan(2);
        assertThat(messages)
                .allMatch(m -> m.getBatch().size() <= DeliveryCut.MAX_RUN_BYTES + 1_000);
        assertThat(checked(messages)).hasSize(30);
    }

    @Test
    void shouldHoldExactlyWhatIsListedWhateverIsChosen() {
        long seed = Long.getLong("seed", new Random().nextInt(1_000_000));
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int count = 1 + random.nextInt(60);
            Compression compression = Compression.values()[random.nextInt(3)];
            HeldBatch batch = batch(count, 1 + random.nextInt(400), compression);
            long[] chosen = LongStream.range(0, count).filter(i -> random.nextInt(3) > 0).toArray();
            if (chosen.length > 0) {
                TreeSet<Long> offsets = checked(cut(batch, chosen));
                assertThat(offsets)
                        .as("seed %d, round %d", seed, round)
                        .containsExactlyElementsOf(
                                LongStream.of(chosen).map(i -> BASE + i).boxed().toList());
            }
        }
    }
}
